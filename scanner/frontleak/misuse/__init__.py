"""Misuse of tokens in source code: which tokens reach client-side code, and through which imports."""
