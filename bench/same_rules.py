"""Measure what the code costs apart from its rules: this version with the rules of an older one, against the older one.

    python -m bench.same_rules REVISION [--rounds N]

Both are built from what is committed and installed into environments of their own. Of this version's rules for secrets,
those files stay that hold a rule of the older version; they hold a few rules more, which count against this version.
The scans run in turn, in one process each. Printed is the least CPU time of each, and of this version with all rules.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench import corpus, report
from bench.one_file import cpu_of

_PATIENCE: Final = 900
"""Seconds for one step of building."""
_FOLDERS: Final = ("environment", "public", "sanity", "vendors")
"""Folders below `rules/` whose rules are looked for in the pass over the bytes."""
_ID: Final = re.compile(r"^\s*(?:- )?id: (\S+)", re.MULTILINE)


def ids_in(text: str) -> set[str]:
    """Return the ids of the rules in the text of a rule file."""
    return set(_ID.findall(text))


def keep_rules_of(older: Path, newer: Path) -> tuple[int, int]:
    """Delete the rule files of the newer source that hold no rule of the older one; return how many rules both have."""
    wanted = {each for file in sorted((older / "rules").rglob("*.yaml")) for each in ids_in(file.read_text("utf-8"))}
    kept: set[str] = set()
    found: set[str] = set()
    for folder in _FOLDERS:
        for file in sorted((newer / "rules" / folder).rglob("*.yaml")):
            ids = ids_in(file.read_text("utf-8"))
            if ids & wanted:
                kept |= ids
                found |= ids & wanted
            else:
                file.unlink()
    return len(found), len(kept)


def unpack(revision: str, folder: Path) -> Path:
    """Write the files of a revision into a folder and return it."""
    packed = subprocess.run(
        ["git", "archive", revision],
        capture_output=True,
        check=True,
        timeout=_PATIENCE,
        cwd=Path(__file__).parent.parent,
    )
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def install(source: Path, folder: Path) -> str:
    """Install a source into an environment of its own and return its command."""
    venv.create(folder, with_pip=True)
    binaries = folder / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([binaries / "pip", "install", "--quiet", source], check=True, timeout=_PATIENCE)
    return str(binaries / "frontleak")


def least_cpu(commands: Mapping[str, str], view: Path, folder: Path, rounds: int) -> list[float]:
    """Return the least CPU time of each command's scan of a view, in seconds; the first round only fills the caches."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for place, (name, command) in enumerate(commands.items()):
            cache = folder / f"cache{place}"
            cache.mkdir(mode=0o700, exist_ok=True)
            cpu = cpu_of([command, "scan", "--jobs", "1", view], folder / "here", cache)
            times[name] += [cpu] if number else []
    return [min(each) for each in times.values()]


def main() -> None:
    """Build, measure and print a table."""
    spec = corpus.load_spec()
    views = ["small", "medium", "large"]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("revision", help="the older version, as git names it")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--views", default=",".join(views))
    parser.add_argument("--dir", type=Path, default=corpus.DEFAULT_FOLDER, help="cache folder")
    options = parser.parse_args()
    chosen = options.views.split(",")
    corpora = {
        view.name: corpus.build_view(spec, view, corpus.prepare_folder(options.dir))
        for view in spec.views
        if view.name in chosen
    }
    with tempfile.TemporaryDirectory(prefix="frontleak-bench-") as made:
        folder = Path(made)
        (folder / "here").mkdir()  # a cache below the working directory would not be used
        older, newer = unpack(options.revision, folder / "older"), unpack("HEAD", folder / "newer")
        commands = {f"{options.revision}, s": install(older, folder / "env-older")}
        everything = install(newer, folder / "env-all")
        rules, kept = keep_rules_of(older, newer)
        commands[f"this version with its rules ({rules}, in files with {kept}), s"] = install(
            newer, folder / "env-same"
        )
        commands["with all rules, s"] = everything
        rows = [["view", *commands]]
        for name, view in corpora.items():
            rows.append([name, *(f"{cpu:.2f}" for cpu in least_cpu(commands, view, folder, options.rounds))])
        print(report.render_table(rows))


if __name__ == "__main__":
    main()
