"""What `callward redact` does with written text: records in, spans and redacted text out."""
