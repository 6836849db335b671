# The commands a contributor needs. `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup test test-fast test-hooks test-browser test-cluster lint docs site bench fuzz ci
help:            ## list these commands
	@grep -E '^[a-z-]+: .*## ' $(MAKEFILE_LIST) | sed -E 's/: .*## /\t/' | expand -t 12

setup:           ## make .venv and install everything a contributor needs
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[lint]'

test:            ## the whole suite
	$(BIN)/python -m pytest

test-fast:       ## the part that runs in under 30 seconds
	$(BIN)/python -m pytest -m 'not slow and not toolchain and not browser and not cluster'

test-hooks:      ## hooks, bundlers and the server with the real tools, the image, the binary (needs node, npm, nvim and root)
	$(BIN)/python -m pytest -m toolchain --numprocesses=0

test-browser:    ## the HTML report in a headless Chromium (needs chromium)
	$(BIN)/python -m pytest -m browser --numprocesses=0

test-cluster:    ## shards on a Dask cluster of two processes
	$(BIN)/python -m pytest -m cluster --numprocesses=0

lint:            ## format, lint, types, layers, rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --no-progress .
	$(BIN)/shellcheck ci/*.sh
	$(BIN)/hadolint Dockerfile
	$(BIN)/hadolint Dockerfile
	$(BIN)/frontleak rules check
	$(BIN)/python docs/generate.py --check

docs:            ## regenerate the pages made from rules, help and tests
	$(BIN)/python docs/generate.py

site:            ## build the site of the documentation into site/, and check its links
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[docs]'
	$(BIN)/zensical build --strict

bench:           ## time frontleak on the benchmark views (bench/README.md)
	$(BIN)/python -m bench.run --only frontleak --rounds 3 --busy

fuzz:            ## fuzz every target for six seconds (docs/reliability.md)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[fuzz]'
	$(BIN)/python -m tests.fuzz all --seconds 60

ci:              ## what CI runs, in this checkout
	.ci/run
