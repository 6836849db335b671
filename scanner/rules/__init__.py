"""Rules: YAML files on one side, compiled rules on the other."""
