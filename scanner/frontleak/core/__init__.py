"""The vocabulary of the tool: records, secrets, places, errors. It imports nothing else of the package."""
