"""BLAKE2 without OpenSSL: `hashlib` loads it for other algorithms, which takes 2 ms of every start."""

try:
    from _blake2 import blake2b  # what `hashlib.blake2b` is
except ImportError:  # an interpreter that is built in another way
    from hashlib import blake2b

__all__ = ["blake2b"]
