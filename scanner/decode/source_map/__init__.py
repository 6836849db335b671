"""Source maps: where generated code comes from, the sources a map carries, and how a file names its map."""
