"""Record the reports of an installed frontleak on every fixture and quiet package, and compare two records.

    python -m tests.golden.golden record OUT [FOLDER ...] [--command PATH]
    python -m tests.golden.golden compare BEFORE AFTER [--without-prose]
    python -m tests.golden.golden expect

A record is a folder of JSON reports without timings, one per scanned folder. Folders named after OUT are recorded as
well. Record before and after a change that must not affect findings. `--without-prose` ignores prose (titles, reasons,
advice), for a change that only rewords. `expect` rewrites `tests/golden/expected`, the findings that
`tests/golden/test_golden.py` checks.
"""

import argparse
import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.support.filled import copy_filled, holds_placeholders

ROOT: Final = Path(__file__).resolve().parents[2]
"""Root of the checkout."""
PROSE: Final = frozenset({"title", "why", "fix", "shipped", "reason", "suppressed_because", "label", "references"})
"""Fields with prose, which do not affect the findings themselves."""
ARGUMENTS: Final = ("scan", ".", "--isolated", "--format=json", "--show-public", "--show-server")
"""Arguments of the command, which runs in the folder to scan."""
EXPECTED: Final = Path(__file__).with_name("expected")
"""The findings of each target, in the format of `findings`; a target without a file has none."""
WITH_TOKENS: Final = ("apps", "sources", "sveltekit", "webpack-devtools")
"""Folders of `fixtures` whose code holds tokens. Elsewhere, placeholders stand for values of variables alone."""
_TOKEN: Final = "sk" + "x" * 60
"""What the analysis of code takes for a token, and no rule for the shape of one."""
_PATIENCE: Final = 600
_COMMAND: Final = Path(sys.executable).with_name("frontleak.exe" if os.name == "nt" else "frontleak")


def targets(folders: Sequence[str] = ()) -> dict[str, Path]:
    """Return name -> folder to scan: every fixture, every quiet package, and `folders`; names are safe as file names."""
    fixtures = ROOT / "fixtures"
    found = [path for path in sorted(fixtures.iterdir()) if path.is_dir() and path.name != "sources"]
    found += [path for path in sorted((fixtures / "sources").glob("*/*")) if path.is_dir()]
    found += [path.parent for path in sorted((ROOT / "tests/quiet/packages").rglob("package.json"))]
    named = {path.relative_to(ROOT).as_posix().replace("/", "__"): path for path in found}
    return named | {f"named__{path.name}": path for path in sorted(map(Path, folders))}


@contextmanager
def filled(folder: Path) -> Iterator[Path]:
    """Give the folder to scan for a target: of one whose code has placeholders, a filled copy in a checkout."""
    fixtures = ROOT / "fixtures"
    if not (any(folder.is_relative_to(fixtures / name) for name in WITH_TOKENS) and holds_placeholders(folder)):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="frontleak-") as made:
        top = Path(made).resolve()
        (top / ".git").mkdir()  # paths in fingerprints count from there
        copy = copy_filled(folder, top / folder.relative_to(ROOT), value=_TOKEN)
        for name in (".gitignore", "fixtures/.gitignore"):
            shutil.copy(ROOT / name, top / name)
        yield copy


def scan(folder: Path, command: Path = _COMMAND) -> dict[str, Any]:
    """Scan a target with an installed command, show everything, and return the JSON report without timings.

    Raises:
        RuntimeError: the command ended without a report.
    """
    with filled(folder) as there:
        done = subprocess.run(
            [command, *ARGUMENTS], cwd=there, capture_output=True, check=False, timeout=_PATIENCE, env=_environment()
        )
    if done.returncode not in {0, 1, 3}:
        raise RuntimeError(f"{folder}: exit {done.returncode}: {done.stderr.decode(errors='replace')}")
    report: dict[str, Any] = json.loads(done.stdout)
    del report["timings"]
    del report["tool"]
    return report


def without_prose(value: Any) -> Any:
    """Return a report without its prose fields."""
    if isinstance(value, Mapping):
        return {name: without_prose(item) for name, item in value.items() if name not in PROSE}
    return [without_prose(item) for item in value] if isinstance(value, list) else value


def findings(report: Mapping[str, Any]) -> list[str]:
    """Return one line per finding: rule, severity, exposure, place to fix, fingerprint, other places."""
    return [_line(finding) for finding in report["findings"]]


def _line(finding: Mapping[str, Any]) -> str:
    original = finding["original"]
    place = original if original and original["exists"] else finding
    parts = [finding["rule"], finding["severity"], finding["exposure"]]
    parts += [f"{place['path']}:{place['line']}:{place['column']}", finding["fingerprint"]]
    hops = " > ".join(f"{hop['path']}:{hop['line']}" for hop in finding["chain"])
    also = f"+{len(finding['also_at'])}" if finding["also_at"] else ""
    return "  ".join(part for part in (*parts, also, hops) if part)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FRONTLEAK_", "GIT_"))}
    if cache := os.environ.get("FRONTLEAK_CACHE_DIR"):
        kept["FRONTLEAK_CACHE_DIR"] = cache
    return kept | {"LC_ALL": "C.UTF-8"}


def record(out: Path, command: Path, folders: Sequence[str]) -> int:
    """Write one report per target to a folder and return their number."""
    out.mkdir(parents=True, exist_ok=True)
    wanted = targets(folders)
    for name, folder in wanted.items():
        text = json.dumps(scan(folder, command), indent=1, sort_keys=True, ensure_ascii=False)
        with tempfile.NamedTemporaryFile("w", dir=out, delete=False, encoding="utf-8") as file:
            file.write(text + "\n")
        os.replace(file.name, out / f"{name}.json")
    return len(wanted)


def expect() -> int:
    """Rewrite the expected findings from new scans and return the number of targets with findings."""
    EXPECTED.mkdir(exist_ok=True)
    for old in EXPECTED.glob("*.txt"):
        old.unlink()
    listed = {name: findings(scan(folder)) for name, folder in targets().items()}
    for name, lines in listed.items():
        if lines:
            (EXPECTED / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return sum(map(bool, listed.values()))


def differences(before: Path, after: Path, *, prose: bool = True) -> Iterator[str]:
    """Yield a diff of two records, including reports that only one of them has."""
    names = {path.name for folder in (before, after) for path in folder.glob("*.json")}
    for name in sorted(names):
        old, new = (_lines(folder / name, prose=prose) for folder in (before, after))
        yield from difflib.unified_diff(
            old, new, fromfile=f"{before}/{name}", tofile=f"{after}/{name}", n=0, lineterm=""
        )


def _lines(file: Path, *, prose: bool) -> list[str]:
    if not file.is_file():
        return []
    text = file.read_text("utf-8")
    if prose:
        return text.splitlines()
    return json.dumps(without_prose(json.loads(text)), indent=1, sort_keys=True, ensure_ascii=False).splitlines()


def main() -> int:
    """Run the command line; 0 when recorded or equal, 1 when two records differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="what", required=True)
    recording = commands.add_parser("record")
    recording.add_argument("out", type=Path)
    recording.add_argument("folders", nargs="*")
    recording.add_argument("--command", type=Path, default=_COMMAND)
    comparing = commands.add_parser("compare")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--without-prose", action="store_true")
    commands.add_parser("expect")
    given = parser.parse_args()
    if given.what == "expect":
        print(f"{expect()} targets with findings in {EXPECTED}")
        return 0
    if given.what == "record":
        print(f"{record(given.out, given.command, given.folders)} reports in {given.out}")
        return 0
    lines = list(differences(given.before, given.after, prose=not given.without_prose))
    print("\n".join(lines) if lines else "equal")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
