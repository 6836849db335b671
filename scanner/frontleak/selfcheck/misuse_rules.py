"""Tries every rule about code on its own examples: small projects, written into a folder and analysed as ever."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from frontleak.js.parse import available
from frontleak.misuse.analyse import analyse
from frontleak.misuse.project_files import projects
from frontleak.misuse.registry import CHECKS
from frontleak.rules.load import USAGE_FOLDER, load_folder
from frontleak.rules.misuse_rule import MisuseRule, misuse_rule, misuse_rule_mistakes


def check_usage_rules() -> list[str]:
    """Return what the rules about code do wrong on their own examples, as `file:line: what`; none without a parser."""
    sound = [data for data in load_folder(USAGE_FOLDER) if not list(misuse_rule_mistakes(data))]
    return [mistake for data in sound for mistake in behaviour(data)] if available() else []


def behaviour(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a rule, as written, does wrong on its own examples."""
    rule = misuse_rule(data)
    if rule.check not in CHECKS:
        yield f"{rule.source}: there is no check {rule.check!r}; there are {', '.join(CHECKS)}"
        return
    for number, example in enumerate(data["examples"], start=1):
        found = places(rule, example["files"])
        if found != [example["at"]]:
            where = ", ".join(found) or "no place"
            yield f"{rule.source}: example {number} is to be found at {example['at']}, and is at {where}"
    for number, example in enumerate(data["silent"], start=1):
        if found := places(rule, example["files"]):
            yield f"{rule.source}: silent example {number} is found at {', '.join(found)}"


def places(rule: MisuseRule, files: Mapping[str, str]) -> list[str]:
    """Return `path:line` of what a rule finds in a project that is given as path -> text."""
    with tempfile.TemporaryDirectory(prefix="frontleak-") as folder:
        root = Path(folder).resolve()
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, "utf-8")
        paths = [(root / path).as_posix() for path in files]
        top = root.as_posix()
        result = analyse(projects(paths, paths, [top], lambda _: ()), [rule], str)
    found = [(finding.place.origin.path.removeprefix(f"{top}/"), finding.place.line) for finding in result.findings]
    return [f"{path}:{line}" for path, line in sorted(found)]
