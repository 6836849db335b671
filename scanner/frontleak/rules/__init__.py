"""Rules and framework facts: YAML on one side, compiled rules on the other."""
