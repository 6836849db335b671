"""Look for the values of an ordinary env file in popular npm packages and built sites: none may be found.

values.toml has the 200 variables; the packages are those of noise.toml. They are scanned with all rules as what a
project serves itself: not below `node_modules`, where a value of words would not count.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import string
import subprocess
import sys
import tempfile
import tomllib
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.corpus import DEFAULT_FOLDER, CorpusError, files_below, prepare_folder
from bench.noise import fetch, load_spec

SPEC: Final = Path(__file__).with_name("values.toml")
SEED: Final = 200
_LETTERS: Final = string.ascii_letters + string.digits
_TIMEOUT: Final = 3600
"""Seconds after which a scan is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of a scan for the values."""

    version: str
    found: Sequence[tuple[str, str, str]]
    """(variable, path, rule) of each place."""
    skipped: Mapping[str, str]
    """Variable -> why its value was not looked for."""
    seconds: float
    """Of processor time, children included."""


def variables() -> dict[str, str]:
    """Return the variables of the env file; secrets are drawn from a fixed seed."""
    spec = tomllib.loads(SPEC.read_text("utf-8"))
    generator = random.Random(SEED)
    drawn = {name: _drawn(kind, generator) for kind, names in spec["drawn"].items() for name in names}
    return {**spec["settings"], **spec["weak"], **drawn}


def _drawn(kind: str, generator: random.Random) -> str:
    """Return a secret of a kind, such as `hex-32`."""
    name, _, size = kind.partition("-")
    return _KINDS[name](generator, int(size or 0))


def _letters(generator: random.Random, size: int) -> str:
    return "".join(generator.choices(_LETTERS, k=size))


def _jwt(generator: random.Random, _: int) -> str:
    parts = (b'{"alg":"HS256","typ":"JWT"}', b'{"role":"service","iat":1760000000}', generator.randbytes(32))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def _phrase(generator: random.Random, _: int) -> str:
    words = ("river", "copper", "Violet", "winter", "Engine", "marble", "signal", "Harbor")
    return f"{''.join(generator.sample(words, 2))}-{generator.randint(10, 99)}!"


_KINDS: Final[Mapping[str, Callable[[random.Random, int], str]]] = {
    "hex": lambda generator, size: generator.randbytes(size // 2).hex(),
    "base64": lambda generator, size: base64.b64encode(generator.randbytes(size)).decode(),
    "letters": _letters,
    "uuid": lambda generator, _: str(uuid.UUID(bytes=generator.randbytes(16), version=4)),
    "jwt": _jwt,
    "address": lambda generator, _: f"postgresql://app:{_letters(generator, 16)}@db.example.com:5432/app?schema=public",
    "phrase": _phrase,
}


def env_file(values: Mapping[str, str]) -> str:
    """Return the text of the file."""
    return "".join(f'{name}="{value}"\n' for name, value in values.items())


def scan(frontleak: str, folder: Path, env: Path, *options: str) -> Result:
    """Scan a folder for the values of an env file.

    Raises:
        CorpusError: the scan fails.
    """
    command = [frontleak, "scan", str(folder), "--isolated", "--exit-zero", "--format=json", *options]
    command += [f"--env-file={env}", "--show-env-skipped"]
    before = os.times()
    done = subprocess.run(command, cwd=env.parent, capture_output=True, check=False, timeout=_TIMEOUT)
    after = os.times()
    if done.returncode not in {0, 3}:  # 3: some packages have files that no scan can read
        raise CorpusError(f"{' '.join(command)} failed: {done.stderr.decode(errors='replace').strip()[-500:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    found = [
        (name, place["path"].removeprefix(f"{folder}/"), finding["rule"])
        for finding in report["findings"]
        for name in finding["context"].get("variable", ())
        if "mistake" in finding["context"]
        for place in (finding, *finding["also_at"])
    ]
    lines = (line.split(": ", 2) for line in done.stderr.decode().splitlines() if line.startswith(f"{env.name}:"))
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    return Result(
        version=report["tool"]["version"],
        found=sorted(found),
        skipped={name: reason for _, name, reason in lines},
        seconds=seconds,
    )


def planted(frontleak: str, folder: Path, env: Path, values: Mapping[str, str]) -> set[str]:
    """Return the variables that are found in a file that has all values: what the silence is worth."""
    site = folder / "site"
    site.mkdir()
    (site / "a.js").write_text(f"export default {json.dumps(list(values.values()))}", "utf-8")
    return {name.partition(" ")[0] for name, _, _ in scan(frontleak, site, env).found}


def render(result: Result, values: Mapping[str, str], seen: set[str], sizes: Mapping[str, tuple[int, int]]) -> str:
    """Return the results as a Markdown page."""
    files, size = (sum(each[number] for each in sizes.values()) for number in range(2))
    return (
        "\n".join(_lines(result, values, seen, f"{len(sizes):,} packages, {files:,} files, {size / 1e6:,.0f} MB"))
        + "\n"
    )


def _lines(result: Result, values: Mapping[str, str], seen: set[str], corpus: str) -> Iterator[str]:
    yield "# The values of an ordinary env file in real packages\n"
    yield "Written by `python -m bench.values`; [README.md](README.md) describes the scan.\n"
    yield f"- Date: {datetime.now(tz=UTC):%Y-%m-%d}"
    yield f"- frontleak {result.version}, all rules"
    yield f"- {corpus}"
    yield f"- {len(values)} variables: {len(seen)} are found where they are planted, {len(result.skipped)} are left out"
    yield f"- **{len(result.found)} found in packages**"
    yield f"- {result.seconds:.0f} s of processor time\n"
    if result.found:
        yield "| variable | file | rule |\n| --- | --- | --- |"
        yield from (f"| {name} | `{path}` | {rule} |" for name, path, rule in result.found)
        yield ""
    yield "| left out because it is | variables |\n| --- | ---: |"
    yield from (f"| {reason} | {count} |" for reason, count in Counter(result.skipped.values()).most_common())


def main() -> int:
    """Scan; return 1 if a value is found, or one is neither left out nor found where it is planted, 2 for an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, default=DEFAULT_FOLDER, help="cache folder")
    parser.add_argument("--frontleak", default=str(Path(sys.executable).with_name("frontleak")), help="command to run")
    parser.add_argument("-o", "--output", type=Path, help="write the results to this page")
    options = parser.parse_args()
    values = variables()
    try:
        spec = load_spec()
        packages = fetch(spec, prepare_folder(prepare_folder(options.dir) / "noise"))
        with tempfile.TemporaryDirectory() as made:
            env = Path(made, "ordinary.env")
            env.write_text(env_file(values), "utf-8")
            seen = planted(options.frontleak, Path(made), env, values)
            result = scan(options.frontleak, packages, env)
    except CorpusError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    lost = values.keys() - seen - result.skipped.keys()
    for name, path, rule in result.found:
        print(f"found: {name} in {path} ({rule})", file=sys.stderr)
    for name in sorted(lost):
        print(f"lost: {name} is neither left out nor found where it is planted", file=sys.stderr)
    sizes = {}
    for package, version in spec.packages.items():
        files = files_below(packages / f"{package}@{version}")
        sizes[package] = (len(files), sum(path.stat().st_size for path in files))
    page = render(result, values, seen, sizes)
    if options.output is not None:
        options.output.write_text(page, "utf-8")
    else:
        print(page)
    return 1 if result.found or lost else 0


if __name__ == "__main__":
    sys.exit(main())
