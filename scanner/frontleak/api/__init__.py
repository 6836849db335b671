"""The Python API. `frontleak` re-exports what is public; docs/api.md explains it."""
