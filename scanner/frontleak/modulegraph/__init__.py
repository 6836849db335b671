"""The module graph, and the modules that reach the client bundle."""
