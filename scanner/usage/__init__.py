"""Misuse of tokens in source code: what reaches the browser, and through which imports."""
