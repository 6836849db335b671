"""Rules of one's own that capture strange things: far too much, a part of a secret, several lines.

Somebody may write them by mistake, and a report must show no more of a secret because of them.
"""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_PROSE: Final = """\
samples: "[a-f0-9]{20}"
examples: ['own_live_{sample}']
silent: ['own_live_']
why: It opens the test.
fix: Close the test.
references: ['https://example.com']
"""
_NAME: Final = r"(?: (?i: token | secret | password | api_?key | auth | config ) )"
PATTERNS: Final[Mapping[str, str]] = {
    "one character": rf"{_NAME} [\"'\x60:=\x20]{{1,4}} (?P<secret> [\x21-\x7e] )",
    "far too much": rf"(?P<secret> {_NAME} [\x00-\xff]{{0,3000}} )",
    "the rest of the line": rf"(?P<secret> {_NAME} [^\n]{{0,400}} )",
    "several lines": rf"(?P<secret> {_NAME} [^\n]{{0,200}} \n [^\n]{{0,200}} )",
    "what is before": rf"(?P<secret> [^\n]{{1,40}} ) {_NAME}",
    "the middle": rf"{_NAME} [\"'\x60:=\x20]{{1,4}} [!-~]{{5}} (?P<secret> [!-~]{{4,6}} ) [!-~]{{4,60}}",
    "the end": rf"{_NAME} [\"'\x60:=\x20]{{1,4}} [A-Za-z0-9]{{4,200}} (?P<secret> [A-Za-z0-9]{{3}} )",
    "the beginning": r"(?P<secret> (?: sk | gh[pousr]_ | npm_ | glpat- | AKIA ) [A-Za-z0-9_]{1,8} )",
    "after a look-behind": r"(?<= [\"'\x60=:] ) (?P<secret> (?: sk_ | ghp_ | npm_ | AKIA ) [A-Za-z0-9_]{0,14} )",
    "a look-ahead": rf"{_NAME} (?= [^\n]{{0,60}} ) [\"'\x60:=\x20]{{1,4}} (?P<secret> [\"'\x60]? [!-~]{{6}} )",
    "a quote and more": rf"(?P<secret> {_NAME} [\"'\x60:=\x20]{{1,4}} [!-~]{{0,30}} [\"'\x60] [^\n]{{0,30}} )",
}
"""What the secret of a rule is -> its pattern."""
_CONTEXT: Final = rf"""---
kind: context
id: own-facts
within: 400
facts:
  near:
    - |
      {_NAME} [":=\x20]{{1,4}} (?P<value> [^\n]{{1,300}} )
    - |
      (?P<value> [!-~]{{12,120}} )
"""


def write_hostile_rules(folder: Path, rng: random.Random) -> None:
    """Write some rules of random severity; some display what they capture, and some read facts near it."""
    folder.mkdir()
    (folder / "own-facts.yaml").write_text(_CONTEXT, encoding="utf-8")
    for kind in rng.sample(sorted(PATTERNS), rng.randint(1, 5)):
        name = f"own-{kind.replace(' ', '-')}"
        head = {
            "id": name,
            "name": "Own",
            "severity": rng.choice(("critical", "high", "low", "info")),
            "confidence": rng.choice(("high", "low")),
            **({"plain": "true"} if rng.random() < 0.3 else {}),
            **({"context": "own-facts"} if rng.random() < 0.5 else {}),
            **({"exposure": "public-by-design"} if rng.random() < 0.1 else {}),
        }
        fields = "".join(f"{key}: {value}\n" for key, value in head.items())
        (folder / f"{name}.yaml").write_text(f"{fields}pattern: |\n  {PATTERNS[kind]}\n{_PROSE}", encoding="utf-8")
