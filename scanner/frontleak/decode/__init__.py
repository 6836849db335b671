"""Decoders: one module each, run only where a trigger fires."""
