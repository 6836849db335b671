"""What the recorded runs of each fault used, which docs/reliability.md quotes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "measured.json"
"""Name of a fault -> its measurements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The worst of some runs of a fault, all with the expected outcome."""

    runs: int
    cpu: float
    """Seconds of CPU, of all processes of a run."""
    memory: int
    """Peak megabytes of the largest process of a run."""


def load() -> dict[str, Measured]:
    """Return the measurements by fault."""
    if not FILE.exists():
        return {}
    return {name: Measured(**values) for name, values in json.loads(FILE.read_text("utf-8")).items()}


def save(measured: Mapping[str, Measured]) -> None:
    """Write the measurements, sorted by fault."""
    lines = (f' "{name}": {json.dumps(asdict(measured[name]))}' for name in sorted(measured))
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8", newline="\n")
