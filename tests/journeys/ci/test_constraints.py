"""ci/constraints.txt pins all that an installation consists of, within the ranges of the package."""

import importlib.util
from importlib.metadata import PackageNotFoundError, requires
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.paths import ROOT

LINES: Final = [line for line in (ROOT / "ci/constraints.txt").read_text().splitlines() if not line.startswith("#")]
PINNED: Final = {str(canonicalize_name(name)): version for name, _, version in (line.partition("==") for line in LINES)}


def needed(package: str, seen: dict[str, list[Requirement]]) -> None:
    """Collect what a package needs here, without its extras."""
    try:
        lines = requires(package) or []
    except PackageNotFoundError:
        return
    for requirement in map(Requirement, lines):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            name = canonicalize_name(requirement.name)
            known = name in seen
            seen.setdefault(name, []).append(requirement)
            if not known:
                needed(name, seen)


def test_every_package_is_pinned_within_its_range() -> None:
    seen: dict[str, list[Requirement]] = {}
    needed("frontleak", seen)
    if importlib.util.find_spec("hatchling"):
        needed("hatchling", seen)
    assert len(seen) > 10
    assert seen.keys() - PINNED.keys() == set()
    outside = [str(each) for name in seen for each in seen[name] if not each.specifier.contains(PINNED[name])]
    assert outside == []
