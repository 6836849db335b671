"""What the standalone binary runs: the command, in the environment that the binary was started with."""

import multiprocessing
import os
import sys

if hasattr(sys, "_MEIPASS"):  # PyInstaller's start has run
    # It has set variables for the libraries inside. git must not load those, and a scan for known values not see them.
    if sys.platform == "linux" and (before := os.environ.pop("LD_LIBRARY_PATH_ORIG", None)) is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    elif sys.platform == "linux":
        os.environ.pop("LD_LIBRARY_PATH", None)
    for name in [each for each in os.environ if each.startswith("_PYI_")]:
        del os.environ[name]

if __name__ == "__main__":
    multiprocessing.freeze_support()  # a worker that is spawned starts this binary again
    from frontleak.cli.main import run

    run()
