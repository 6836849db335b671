"""`python -m frontleak`; the documented entry point is the command `frontleak`."""

from frontleak.cli.main import main

if __name__ == "__main__":
    main()
