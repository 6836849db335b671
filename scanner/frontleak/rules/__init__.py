"""Rules and framework facts, loaded from YAML and compiled."""
