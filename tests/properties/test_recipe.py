"""For any hints and responses, a recipe ends, requests only allowed hosts, and returns a displayable verdict."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.secret import Secret
from frontleak.core.verdict import Status, Verdict
from frontleak.verify.client import _HOST, _PATH
from frontleak.verify.hints import planned
from frontleak.verify.interface import Answer, Request
from frontleak.verify.recipe_runner import run_recipe
from frontleak.verify.trace import trace
from frontleak.verify.vendors.sanity import SANITY
from tests.acceptance.support import token

TOKEN = token("property")
NAMES = st.one_of(st.text(max_size=20), st.from_regex(r"[a-z0-9-]{1,10}", fullmatch=True))
WORDS = st.sampled_from(
    [
        *("id", "provider", "sanity-token", "roles", "name", "editor", "viewer", "administrator", "error", "message"),
        *("errorCode", "SIO-401-ANF", "SIO-401-AEX", "SIO-401-AWH", "Robots are not allowed", "type", "data", TOKEN),
        *("projectUserNotFoundError", "permissions", "filter", "read", "update", "projects", "expiry", "abcd1234"),
    ]
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS, st.text(max_size=10))
BODIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.one_of(WORDS, NAMES), inner, max_size=5)),
    max_leaves=5,
)
ANSWERS = st.builds(
    Answer,
    status=st.sampled_from([None, 200, 200, 200, 302, 401, 401, 403, 404, 410, 429, 500, 503]),
    body=BODIES,
    error=st.sampled_from(["", "the connection broke"]),
)


class Scripted:
    """Returns drawn responses and records the requests."""

    def __init__(self, answers: list[Answer]) -> None:
        self._answers = answers
        self.asked: list[Request] = []

    def get(self, request: Request, secret: Secret) -> Answer:
        """Return the next response."""
        self.asked.append(request)
        return self._answers[len(self.asked) % len(self._answers)]


@given(
    projects=st.lists(NAMES, max_size=6), datasets=st.lists(NAMES, max_size=5), answers=st.lists(ANSWERS, min_size=1)
)
def test_a_recipe_ends_with_a_verdict_whatever_it_is_told(
    projects: list[str], datasets: list[str], answers: list[Answer]
) -> None:
    sender = Scripted(answers)
    hints = {"project": tuple(projects), "dataset": tuple(datasets)}
    checked = run_recipe(SANITY, Secret(TOKEN.encode()), hints, sender)
    assert "more than it may" not in checked.verdict.reason
    assert len(sender.asked) <= 22
    for request in (*sender.asked, *(step.request for step in planned(SANITY, hints) if "<" not in step.request.url)):
        assert SANITY.hosts.fullmatch(request.host)
        assert _HOST.fullmatch(request.host)
        assert _PATH.fullmatch(request.path)
    plain: Any = json.dumps(checked.verdict.to_plain(), allow_nan=False)
    assert Verdict.from_plain(json.loads(plain)).status is checked.verdict.status
    assert checked.verdict.status is not Status.NOT_CHECKED
    for text in (plain, json.dumps(trace(checked, version="1"), allow_nan=False)):
        assert TOKEN[:30] not in text
