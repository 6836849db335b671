"""The built apps under fixtures/, what is in them, and what the installed command reports of each."""

import functools
from typing import Any, Final

import yaml

from tests.acceptance.support import Run, installed
from tests.support.paths import ROOT

FIXTURES: Final = ROOT / "fixtures"
NAMES: Final = sorted(file.parent.name for file in FIXTURES.glob("*/EXPECTED.yaml"))


@functools.cache
def expected(name: str) -> dict[str, Any]:
    """Return the expected findings of a fixture."""
    loaded: dict[str, Any] = yaml.safe_load((FIXTURES / name / "EXPECTED.yaml").read_text("utf-8"))
    return loaded


@functools.cache
def scanned(name: str) -> Run:
    """Scan the folder of a fixture, once for all that is said about it."""
    flags = ["--isolated", "--format=json", "--reveal", "--show-server", "--show-public"]
    return installed("scan", expected(name)["scan"], *flags, cwd=FIXTURES / name)
