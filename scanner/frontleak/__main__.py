"""`python -m frontleak`. The documented entry point is the `frontleak` command."""

from frontleak.cli.main import main

if __name__ == "__main__":
    main()
