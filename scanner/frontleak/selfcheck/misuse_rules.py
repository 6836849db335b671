"""Runs misuse rules on their own examples: small projects, written to a temporary folder and analysed."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from frontleak.misuse.analyse import analyse
from frontleak.misuse.project_files import projects
from frontleak.rules.documents import Document
from frontleak.rules.misuse_rule import MisuseRule


def behaviour(document: Document, rule: MisuseRule) -> Iterator[str]:
    """Yield a rule's mistakes on its own examples, as `file:line: message`; a parser must be available."""
    for number, example in enumerate(document.value["examples"], start=1):
        found = places(rule, example["files"])
        if found != [example["at"]]:
            where, actual = document.where("examples", number - 1, "at"), ", ".join(found) or "none"
            yield f"{where}: example {number}: expected one finding at {example['at']}, got {actual}"
    for number, example in enumerate(document.value["silent"], start=1):
        if found := places(rule, example["files"]):
            where = document.where("silent", number - 1)
            yield f"{where}: silent example {number}: expected no finding, got {', '.join(found)}"


def places(rule: MisuseRule, files: Mapping[str, str]) -> list[str]:
    """Return the findings of a rule in a project (path -> text), as `path:line`."""
    with tempfile.TemporaryDirectory(prefix="frontleak-") as folder:
        root = Path(folder).resolve()
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, "utf-8")
        paths = [(root / path).as_posix() for path in files]
        top = root.as_posix()
        result = analyse(projects(paths, paths, [top], lambda _: ()), [rule], str)
    found = [(each.place.origin.path.removeprefix(f"{top}/"), each.place.line) for each in result.detections]
    return [f"{path}:{line}" for path, line in sorted(found)]
