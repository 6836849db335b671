"""Recordings of what sites sent: HAR files, and saved responses with a list of their URLs."""
