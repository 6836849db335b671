"""docs/frameworks is right: the example is found, its fix is silent, and so is what is not detected."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from docs.framework_pages import project, written_pages
from frontleak.core.vocabulary import RuleKind
from frontleak.rules.frameworks import load_frameworks
from frontleak.rules.load import load_rules
from tests.support.code import misuse
from tests.support.paths import ROOT

FRAMEWORKS: Final = {framework.id: framework for framework in load_frameworks()}
each_framework = pytest.mark.parametrize("name", FRAMEWORKS)


def blind_spots() -> Iterator[Any]:
    for name, page in written_pages().items():
        yield from (pytest.param(name, blind["files"], id=f"{name}: {blind['what']}") for blind in page["blind"])


@pytest.mark.parametrize(("name", "files"), [*blind_spots()])
def test_what_a_page_says_is_not_seen_is_not(name: str, files: dict[str, str]) -> None:
    assert misuse(project(FRAMEWORKS[name], files)) == []


@each_framework
def test_what_a_page_calls_right_is_silent(name: str) -> None:
    assert misuse(project(FRAMEWORKS[name], written_pages()[name]["right"])) == []


@each_framework
def test_what_a_page_calls_wrong_is_found(name: str) -> None:
    assert misuse(project(FRAMEWORKS[name], written_pages()[name]["wrong"])) != []


def test_each_rule_about_a_configuration_is_on_the_page_of_some_framework() -> None:
    named = [rule for page in written_pages().values() for rule in page["settings"]]
    assert set(named) == {rule.id for rule in load_rules().others if rule.kind is RuleKind.CONFIG}


def test_the_readme_shows_what_the_page_of_nextjs_shows() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = next(block for block in readme.split("```") if block.startswith("\nlib/sanity.ts"))
    assert shown in (ROOT / "docs" / "frameworks" / "nextjs.md").read_text("utf-8")
