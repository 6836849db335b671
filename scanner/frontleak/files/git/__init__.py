"""Sources of files in a git repository: what is staged, what a branch adds, the history; and which files git tracks."""
