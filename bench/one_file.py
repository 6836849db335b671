"""Measure a scan of one file of a large source tree, as a hook does it.

    python -m bench.one_file [--rounds N] [--against COMMAND]

The tree is generated: 2,933 TypeScript files in six packages of a workspace, most of which import a few others.
Each scan runs once to fill the cache, then in rounds, in turn with the same scan of the other command. Printed is the
least CPU time of a process and its children.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

FILES: Final = 2_933
_PACKAGES: Final = 6
_LARGE: Final = 2_367
"""Files of the largest package."""
_FOLDER: Final = 8
"""Files of a folder."""
_PATIENCE: Final = 120
_CLIENT: Final = (
    "import {createClient} from '@sanity/client'\n"
    "export const client = createClient({token: process.env.SANITY_TOKEN})\n"
)
_PAGE: Final = "'use client'\nimport {client} from '../lib/client'\nexport default () => client.fetch('*')\n"
NAMED: Final = {
    "alone": "alone/plain.ts",
    "without imports": "tree/packages/p0/src/g2/m16.ts",
    "imports without a client": "tree/packages/p1/src/g6/m53.ts",
    "imports that lead to a client": "tree/packages/p0/src/user.ts",
    "a finding": "tree/packages/p0/src/lib/client.ts",
}
"""What is measured -> the named file; the first is alone in its folder, for comparison."""


def make(folder: Path) -> None:
    """Write the tree, which is a repository with everything committed, and a file alone."""
    chance = random.Random(2_933)
    dependencies = dict.fromkeys(("@sanity/client", "next", "react", "sanity"), "*")
    files = {"tree/package.json": json.dumps({"private": True, "workspaces": ["packages/*"]})}
    others = (FILES - _LARGE) // (_PACKAGES - 1)
    counts = [_LARGE, *[others] * (_PACKAGES - 2), FILES - _LARGE - others * (_PACKAGES - 2)]
    for package, count in enumerate(counts):
        inside = f"tree/packages/p{package}"
        files[f"{inside}/package.json"] = json.dumps({"name": f"p{package}", "dependencies": dependencies})
        own = 3 if package == 0 else 0
        for number in range(count - own):
            first = number - number % _FOLDER
            imported = [*range(first, number)][:4]
            if number % 5 == 0 and first:
                imported.append(chance.randrange(first))
            files[f"{inside}/src/{_place(number)}.ts"] = _module(number, imported, "..")
    files["tree/packages/p0/src/lib/client.ts"] = _CLIENT
    files["tree/packages/p0/src/app/page.tsx"] = _PAGE
    files["tree/packages/p0/src/user.ts"] = "import {client} from './lib/client'\nimport {m1} from './m1'\n" + _module(
        0, []
    )
    files["alone/plain.ts"] = _module(0, [])
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in (folder / "tree").rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all"],
    ):
        subprocess.run(["git", *command], cwd=folder / "tree", check=True, timeout=_PATIENCE)


def _place(number: int) -> str:
    return f"g{number // _FOLDER}/m{number}"


def _module(number: int, imported: Sequence[int], top: str = ".") -> str:
    lines = [f"import {{m{each}}} from '{top}/{_place(each)}'" for each in imported]
    lines += [f"export const part{piece} = (value: number) => value * {piece} + {number}" for piece in range(40)]
    return "\n".join((*lines, f"export const m{number} = part1({number})\n"))


def cpu_of(command: Sequence[str | Path], folder: Path, cache: Path) -> float:
    """Run a command and return its CPU time in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "FRONTLEAK_CACHE_DIR": str(cache)},
        capture_output=True,
        check=False,
        timeout=_PATIENCE,
    )
    if done.returncode not in {0, 1}:
        raise SystemExit(done.stderr.decode(errors="replace"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def comparing(description: str) -> argparse.ArgumentParser:
    """Return a parser of the options that say which commands are measured, and how often."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--frontleak", default="frontleak", help="the command that is measured")
    parser.add_argument("--against", help="another command to compare with, such as that of an older version")
    return parser


def caches_of(options: argparse.Namespace, folder: Path) -> dict[str, Path]:
    """Return each command that is measured, and an empty cache of its own."""
    commands = [options.frontleak, *([options.against] if options.against else [])]
    caches = {command: folder / f"cache{number}" for number, command in enumerate(commands)}
    for cache in caches.values():
        cache.mkdir(mode=0o700)
    return caches


def main() -> None:
    """Print a table."""
    options = comparing(__doc__.partition("\n")[0]).parse_args()
    with tempfile.TemporaryDirectory(prefix="frontleak-bench-") as made:
        folder = Path(made)
        make(folder)
        caches = caches_of(options, folder)
        commands = list(caches)
        scans = {what: ["scan", "--isolated", str(folder / path)] for what, path in NAMED.items()}
        scans["what is staged"] = ["scan", "--isolated", "--staged"]
        print("| scan |", " | ".join(f"{command}, ms" for command in commands), "|")
        print("|---|" + "--:|" * len(commands))
        for what, arguments in scans.items():
            if what == "what is staged":
                with (folder / "tree/packages/p0/src/user.ts").open("a", encoding="utf-8") as file:
                    file.write("// staged\n")
                subprocess.run(["git", "add", "-A"], cwd=folder / "tree", check=True, timeout=_PATIENCE)
            times: dict[str, list[float]] = {command: [] for command in commands}
            for number in range(options.rounds + 2):  # the first two fill the cache
                for command in commands:
                    cpu = cpu_of([command, *arguments], folder / "tree", caches[command])
                    times[command] += [cpu] if number > 1 else []
            print(f"| {what} |", " | ".join(f"{min(each) * 1000:.0f}" for each in times.values()), "|")


if __name__ == "__main__":
    main()
