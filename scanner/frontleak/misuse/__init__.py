"""Misuse of tokens in source code: what reaches the client, and through which imports."""
