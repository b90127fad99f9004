"""The HTTP door: routers by resource, who may enter, and how errors are told."""
