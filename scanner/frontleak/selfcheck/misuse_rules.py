"""Runs misuse rules on their own examples: small projects, written to a temporary folder and analysed."""

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
    """Return the misuse rules' mistakes on their own examples, as `file:line: message`; none without a parser."""
    valid = [data for data in load_folder(USAGE_FOLDER) if not list(misuse_rule_mistakes(data))]
    return [mistake for data in valid for mistake in behaviour(data)] if available() else []


def behaviour(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield a rule's mistakes on its own examples, as `file:line: message`."""
    rule = misuse_rule(data)
    if rule.check not in CHECKS:
        yield f"{rule.source}: unknown check {rule.check!r}; allowed: {', '.join(CHECKS)}"
        return
    for number, example in enumerate(data["examples"], start=1):
        found = places(rule, example["files"])
        if found != [example["at"]]:
            actual = ", ".join(found) or "none"
            yield f"{rule.source}: example {number}: expected one finding at {example['at']}, got {actual}"
    for number, example in enumerate(data["silent"], start=1):
        if found := places(rule, example["files"]):
            yield f"{rule.source}: silent example {number}: expected no finding, got {', '.join(found)}"


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
