"""Settings files of hosts and tools as trees with the line of every key, whatever their syntax."""
