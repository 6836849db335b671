"""The source map format: parser, mappings, inline maps."""
