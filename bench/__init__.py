"""Benchmarks: each prints ratios against a plain peer in the same run."""
