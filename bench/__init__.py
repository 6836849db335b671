"""Benchmarks of frontleak against other secret scanners."""
