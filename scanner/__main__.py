"""`python -m scanner`; the documented entry point is the command `frontleak`."""

from scanner.cli.main import main

if __name__ == "__main__":
    main()
