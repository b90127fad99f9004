"""Engines of the second detector: the only place that imports onnxruntime and tokenizers."""
