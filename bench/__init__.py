"""Reproducible timings of frontleak against other secret scanners."""
