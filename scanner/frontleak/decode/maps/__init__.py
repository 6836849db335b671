"""The source map format: parser, mappings and inline maps."""
