"""The command line."""

import gc

gc.set_threshold(100_000)  # what the imports that follow allocate stays: collecting in between costs milliseconds
