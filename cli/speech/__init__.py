"""What `callward transcribe` and `callward redact` do to files on this machine, without a stack."""
