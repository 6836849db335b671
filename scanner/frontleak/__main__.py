"""`python -m frontleak`. The documented entry point is the `frontleak` command."""

from frontleak.cli.main import run

if __name__ == "__main__":
    run()
