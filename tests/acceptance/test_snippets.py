"""Every block of code in the documentation is checked by a test, and every command line in it is one that exists."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import click
import jsonschema
import pytest
import yaml

from frontleak.cli.main import cli
from tests.acceptance.test_pages import PAGES as PLAYED
from tests.support.paths import ROOT

DOCS: Final = ROOT / "docs"
GENERATED: Final = ("usage", "rules", "frameworks", "limitations", "reliability", "verifiers")
"""Made by docs/generate.py from the help, the rules and the tests; CI compares them."""
ELSEWHERE: Final = {
    "hooks": "tests/cli/hooks/test_page.py",
    "writing-rules": "tests/rules/test_writing_rules_page.py",
    "api": "tests/acceptance/test_api_page.py",
    "integrations": "tests/journeys/ci/test_integrations_page.py",
    "editors": "tests/journeys/editors/test_page.py",
    "scale": "tests/acceptance/test_scale_page.py",
}
"""Page -> the test of its blocks."""
LOOKED_AT: Final = ("index", "verifying", "architecture", "deployed", "env-values", "stores")
"""Blocks that only show command lines and settings, which are checked here, or figures."""
_BLOCK: Final = re.compile(r"^( *)```(\S*)([^\n]*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    page: Path
    language: str
    body: str


def blocks() -> Iterator[Block]:
    for page in (ROOT / "README.md", *sorted(DOCS.rglob("*.md"))):
        for _, language, _, body in _BLOCK.findall(page.read_text("utf-8")):
            yield Block(page, language, body)


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """Yield (where, arguments) of each call of frontleak, up to what a shell would take for itself."""
    for page, language, body in blocks():
        if page.stem in GENERATED or "frameworks" in page.parts or language in {"python", "ts"}:
            continue
        for line in body.replace("\\\n", " ").splitlines():
            found = re.match(r"(?:\s*(?:-\s+)?(?:run|entry):)?\s*(?:-\s+|\$ )?(?:exec )?frontleak(?= )(.*)", line)
            if found and "…" not in line and "[" not in line:
                words = shlex.split(
                    re.split(r"\s[|<>]|;|\s&&|\s>>|\)\s*$", found[1].replace("<token>", "x"))[0], comments=True
                )
                yield f"{page.relative_to(ROOT)}: {line.strip()}", words


def test_every_page_has_a_test() -> None:
    pages = {page.stem for page in DOCS.glob("*.md")}
    assert pages == {*PLAYED, *GENERATED, *ELSEWHERE, *LOOKED_AT}
    for name, test in ELSEWHERE.items():
        assert f"{name}.md" in (ROOT / test).read_text("utf-8") or f'"{name}' in (ROOT / test).read_text("utf-8")


@pytest.mark.parametrize("name", ["env-values"])
def test_settings_on_a_page_follow_the_schema(name: str) -> None:
    schema = json.loads((DOCS / "config.schema.json").read_text("utf-8"))
    shown = [yaml.safe_load(block.body) for block in blocks() if block.page.stem == name and block.language == "yaml"]
    assert shown
    for each in shown:
        jsonschema.validate(each, schema)


def test_there_are_command_lines() -> None:
    assert len(list(command_lines())) > 60


@pytest.mark.parametrize(
    ("where", "words"), list(command_lines()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_command_line_is_one_that_exists(where: str, words: list[str]) -> None:
    """Its commands, options and choices; nothing is run."""
    command: click.Command = cli
    context = click.Context(cli, info_name="frontleak", **cli.context_settings)  # click keeps the help option it makes
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, *words = words
        inner = command.get_command(context, name)
        assert inner is not None, where
        command, context = inner, click.Context(inner, parent=context, info_name=name)
    values, _, _ = command.make_parser(context).parse_args(list(words))
    for parameter in command.params:
        if isinstance(parameter.type, click.Choice) and values.get(parameter.name or "") is not None:
            parameter.type_cast_value(context, values[parameter.name or ""])


@pytest.mark.parametrize(
    "block", [each for each in blocks() if each.language in {"yaml", "yml"}], ids=lambda each: each.page.stem
)
def test_yaml_is_yaml(block: Block) -> None:
    assert list(yaml.safe_load_all(block.body)) != [None]


def test_pictures_and_files_that_pages_name_exist() -> None:
    """The site's builder checks links to pages and their anchors."""
    named = [
        (page, target)
        for page in DOCS.rglob("*.md")
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8"))
    ]
    assert len(named) > 100
    assert [(page.name, target) for page, target in named if not (page.parent / target).exists()] == []
