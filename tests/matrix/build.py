"""Rebuild tests/matrix/outputs: `python -m tests.matrix.build FOLDER`, a folder with the tools in node_modules.

npm install esbuild@0.28 terser@5 @swc/core@1 javascript-obfuscator@5
"""

import json
import subprocess
import sys
from pathlib import Path

from tests.matrix.shapes import SHAPES, source

HERE = Path(__file__).parent


def main() -> None:
    """Write one file per tool."""
    folder = Path(sys.argv[1]).resolve()
    done = subprocess.run(
        ["node", str(HERE / "build.mjs"), str(folder)],
        input=json.dumps({shape: source(shape) for shape in SHAPES}).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    for tool, outputs in json.loads(done.stdout).items():
        file = HERE / "outputs" / f"{tool.replace(' ', '-')}.json"
        file.write_text(json.dumps(outputs, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
