"""What times out on a file once is not tried again for each further finding or view of it."""

import base64

import pytest

from frontleak.core.diagnostic import Code
from frontleak.match import engine as engines
from frontleak.match.context import ContextFinder
from frontleak.rules.pattern_rule import PatternRule
from tests.support.made import scan_text
from tests.support.shipped import fake

TOKENS = "\n".join(f"'{fake('sanity-token', number)}'" for number in range(30))
VIEWS = "\n".join(f"x='{base64.b64encode(fake('sanity-token', number).encode()).decode()}'" for number in range(30))


def test_a_context_that_timed_out_is_not_read_for_the_next_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def near(_: object, start: int, _end: int) -> dict[str, tuple[str, ...]]:
        tried.append(start)
        raise TimeoutError

    monkeypatch.setattr(ContextFinder, "near", near)
    for text in (TOKENS, VIEWS, TOKENS + VIEWS):
        tried.clear()
        result = scan_text(text)
        assert len(result.detections) >= 30
        assert [each.code for each in result.diagnostics] == [Code.TIMED_OUT]
        assert len(tried) == 1


def test_a_rule_that_timed_out_is_not_tried_in_the_next_view(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def confirm(_: engines.Engine, rule: PatternRule, *__: object) -> list[engines.Match]:
        tried.append(rule.id)
        raise TimeoutError

    monkeypatch.setattr(engines.Engine, "confirm", confirm)
    result = scan_text(VIEWS)
    assert tried.count("sanity-token") == 1
    assert max(map(tried.count, tried)) == 1
    assert "rule sanity-token timed out on this file" in {each.message for each in result.diagnostics}
