"""Turns matches into findings: dedupe, group, redact."""
