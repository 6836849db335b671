"""Which values of environment variables a scan looks for, and where they are set."""
