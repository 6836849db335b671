"""The checks that rules of the kinds usage, env-name and config name."""
