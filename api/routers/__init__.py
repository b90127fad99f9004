"""Routers by resource. Each route states its scope by the caller that it asks for."""
