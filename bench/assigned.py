"""Measure the rules for values that only a name calls secrets, on a sample of hits that were judged by reading.

The sample holds hits of looser rules (any text of eight characters with a digit) in public repositories and packages:
for each the place, the name and a verdict, but no value. `python -m bench.assigned SOURCE=PLACE...` runs the present
rules on the places that it is given; of others it takes what the last run with `--write` found. A source is
`github:OWNER/NAME`, whose place is a git repository, or `npm`, whose place is a folder of unpacked packages.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench import report
from frontleak.core.digests import blake2b
from frontleak.match.engine import Engine
from frontleak.rules.load import load_rules
from frontleak.scanning.assigned_files import severity_in
from frontleak.triage.overlaps import resolve_overlaps

SAMPLE: Final = Path(__file__).with_name("assigned_sample.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A hit of the looser rules, and its verdict."""

    source: str
    """`github:owner/name`, or `npm:name@version`."""
    revision: str
    """The commit; empty for a package."""
    path: str
    line: str
    """Digest of the line, or of what stands around the value in a long one."""
    name: str
    kind: str
    """What the value is, in a few words."""
    true: bool
    """Whether it is a credential of somebody."""
    found: bool
    """Whether the rules reported it when they were last measured."""


def read_sample() -> list[Hit]:
    """Return the hits."""
    return [Hit(**each) for each in json.loads(SAMPLE.read_text("utf-8"))]


def write_sample(hits: Iterable[Hit]) -> None:
    """Write the hits, one a line."""
    fields = Hit.__dataclass_fields__
    lines = (json.dumps({name: getattr(hit, name) for name in fields}, ensure_ascii=False) for hit in hits)
    SAMPLE.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")


def digest_at(text: bytes, start: int, end: int) -> str:
    """Return the digest by which a sample names the place of a value: its line, at most 90 and 20 bytes around it."""
    first = max(text.rfind(b"\n", 0, start) + 1, start - 90)
    after = text[end : end + 20].partition(b"\n")[0]
    return blake2b(text[first:end] + after, digest_size=8, person=b"frontleak/bench").hexdigest()


def text_of(hit: Hit, places: Mapping[str, Sequence[Path]]) -> bytes | None:
    """Return the content of a hit's file, or None if it is not at hand."""
    if hit.source.startswith("github:"):
        for place in places.get(hit.source, ()):
            command = ["git", "-C", str(place), "show", f"{hit.revision}:{hit.path}"]
            done = subprocess.run(command, capture_output=True, check=False)
            if done.returncode == 0:
                return done.stdout
        return None
    package = hit.source.removeprefix("npm:")
    for place in places.get("npm", ()):
        for folder in (package, package.rpartition("@")[0]):
            if (file := place / folder / hit.path).is_file():
                return file.read_bytes()
    return None


def measured(hits: Sequence[Hit], places: Mapping[str, Sequence[Path]]) -> tuple[list[Hit], int]:
    """Return the hits with what the present rules find, and how many of them were looked at."""
    engine = Engine(load_rules())
    known: dict[tuple[str, str], frozenset[str] | None] = {}
    result: list[Hit] = []
    looked_at = 0
    for hit in hits:
        file = (hit.source, hit.path)
        if file not in known:
            text = text_of(hit, places)
            known[file] = None if text is None else _reported(text, hit.path, engine)
        reported = known[file]
        looked_at += reported is not None
        result.append(hit if reported is None else replace(hit, found=hit.line in reported))
    return result, looked_at


def _reported(text: bytes, path: str, engine: Engine) -> frozenset[str]:
    return frozenset(
        digest_at(text, match.start, match.end)
        for match in resolve_overlaps(engine.scan(text).matches)
        if match.rule.require.assigned and severity_in(match.rule, path) is not None
    )


def render(hits: Sequence[Hit], looked_at: int) -> str:
    """Return precision, recall and a table by kind."""
    right = sum(hit.true and hit.found for hit in hits)
    found, true = sum(hit.found for hit in hits), sum(hit.true for hit in hits)
    kinds = Counter((hit.true, hit.kind) for hit in hits)
    rows = [
        [kind, "yes" if is_true else "no", str(count), str(sum(hit.found for hit in hits if hit.kind == kind))]
        for (is_true, kind), count in sorted(kinds.items(), key=lambda item: (not item[0][0], -item[1]))
    ]
    return "\n".join(
        [
            f"{len(hits)} hits of the looser rules, {true} of them true; {looked_at} looked at now.",
            f"The rules report {found}: precision {right}/{found}, recall {right}/{true}.",
            "",
            report.render_table([["value", "true", "hits", "reported"], *rows]),
        ]
    )


def _place(argument: str) -> tuple[str, Path]:
    source, separator, path = argument.rpartition("=")
    if not separator or not Path(path).is_dir():
        raise argparse.ArgumentTypeError("write SOURCE=FOLDER with github:OWNER/NAME or npm")
    return source, Path(path)


def main() -> None:
    """Measure and print, and write on request."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("places", nargs="*", type=_place, metavar="SOURCE=FOLDER")
    parser.add_argument("--write", action="store_true", help=f"note what is found in bench/{SAMPLE.name}")
    options = parser.parse_args()
    places: dict[str, list[Path]] = {}
    for source, path in options.places:
        places.setdefault(source, []).append(path)
    hits, looked_at = measured(read_sample(), places)
    print(render(hits, looked_at))
    if options.write:
        write_sample(hits)


if __name__ == "__main__":
    main()
