"""Tests of what the benchmark calculates."""
