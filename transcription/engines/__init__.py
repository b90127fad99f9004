"""The speech engines behind `transcription.port`; the only place that sees their libraries."""
