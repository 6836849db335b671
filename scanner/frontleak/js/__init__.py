"""JavaScript and TypeScript syntax: trees, scopes, references."""
