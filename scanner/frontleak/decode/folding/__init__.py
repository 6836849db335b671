"""Constant folding: what a small JavaScript expression evaluates to, without running it."""
