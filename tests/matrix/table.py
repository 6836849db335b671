"""What of the shapes is found after each tool: the table in docs/limitations.md."""

import functools
import json
from pathlib import Path
from typing import Final

from scanner.detect.engine import Engine
from scanner.model import Blob, FileOrigin
from scanner.pipeline import scan_blob
from scanner.rules.load import load_rules
from tests.matrix.shapes import SHAPES, token

TOOLS: Final = ("as written", "esbuild", "terser", "swc", "obfuscator low", "obfuscator medium", "obfuscator high")
"""What the shapes went through, and the names of the columns."""


@functools.cache
def found(tool: str) -> dict[str, bool]:
    """Return, for each shape that was given to a tool, whether its token is found in the output."""
    file = Path(__file__).parent / "outputs" / f"{tool.replace(' ', '-')}.json"
    outputs: dict[str, str] = json.loads(file.read_text("utf-8"))
    engine = Engine(load_rules())
    return {shape: _holds(engine, code, token(shape)) for shape, code in outputs.items()}


def _holds(engine: Engine, code: str, secret: str) -> bool:
    blob = Blob(origin=FileOrigin(path="app.js"), data=code.encode())
    return any(finding.secret.reveal() == secret.encode() for finding in scan_blob(blob, engine).findings)


def matrix_table() -> str:
    """Return the table of shapes and tools as Markdown, each cell `yes`, `no`, or empty when it was not tried."""
    lines = [f"| form | {' | '.join(TOOLS)} |", f"|---|{'---|' * len(TOOLS)}"]
    words = {True: "yes", False: "**no**", None: ""}
    for shape in SHAPES:
        cells = (words[found(tool).get(shape)] for tool in TOOLS)
        lines.append(f"| {shape.replace('|', chr(92) + '|')} | {' | '.join(cells)} |")
    totals = (f"{sum(found(tool).values())} of {len(found(tool))}" for tool in TOOLS)
    lines.append(f"| **all** | {' | '.join(totals)} |")
    return "\n".join(lines) + "\n"
