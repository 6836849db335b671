"""No way of displaying a secret reveals it."""

import json
import pickle

from hypothesis import given, settings
from hypothesis import strategies as st

from frontleak.core.blob import Blob
from frontleak.core.elide import Syntax
from frontleak.core.origins import FileOrigin
from frontleak.core.secret import Secret, mask_tokens, printable
from frontleak.match.engine import Engine
from frontleak.rules.load import load_rules
from frontleak.rules.samples import draw
from frontleak.scanning.blob import scan_blob
from frontleak.triage.snippet import WIDTH, snippet

ENGINE = Engine(load_rules())
LONGEST_SHOWN = 6
_TOKENS = st.integers(0, 10_000).map(lambda seed: draw("sk[A-Za-z0-9]{178}", f"redaction/{seed}"))
_AROUND = st.text(max_size=60)


def leaks(secret: str, text: str) -> bool:
    """Return whether a text contains more than a few consecutive characters of a secret."""
    return any(secret[i : i + LONGEST_SHOWN + 1] in text for i in range(len(secret) - LONGEST_SHOWN))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(_AROUND, _TOKENS), min_size=1, max_size=4), _AROUND)
def test_nothing_made_of_a_finding_holds_its_secret(parts: list[tuple[str, str]], tail: str) -> None:
    """Nor the values of neighbouring tokens in the same file."""
    text = "".join(f'{before}"{token}"' for before, token in parts) + tail
    blob = Blob(origin=FileOrigin(path="a.js"), data=text.encode("utf-8", "surrogatepass"))
    result = scan_blob(blob, ENGINE)
    assert result.detections
    for finding in result.detections:
        shown = " ".join((repr(finding), str(finding.secret), f"{finding.secret:>9}", finding.snippet))
        shown += repr(pickle.loads(pickle.dumps(finding))) + json.dumps(finding.secret, default=str)
        assert not any(leaks(token, shown) for _, token in parts)
        assert len(finding.snippet) <= WIDTH
        assert finding.snippet == printable(finding.snippet)


@given(st.binary(max_size=400), st.integers(0, 399), st.integers(1, 60))
def test_a_snippet_of_any_bytes_is_short_and_printable(text: bytes, start: int, length: int) -> None:
    """Control, bidirectional and invisible characters do not reach a terminal."""
    start = min(start, max(0, len(text) - 1))
    end = min(len(text), start + length)
    for syntax in Syntax:
        shown = snippet(text, start, end, "shown", syntax)
        assert "shown" in shown
        assert len(shown) <= WIDTH
        assert shown == printable(shown)
        assert not any(ord(c) < 32 or ord(c) == 127 for c in shown)


def test_an_unknown_token_beside_a_finding_is_masked() -> None:
    """A text that no rule matches may still be a secret."""
    unknown = draw("[A-Za-z0-9]{40}", "unknown")
    assert unknown[:10] not in mask_tokens(f'password:"{unknown}"')


def test_ordinary_words_are_not_masked() -> None:
    """Only runs with both letters and digits are redacted."""
    text = "applicationConfigurationManagerFactory.createInstance()"
    assert mask_tokens(text) == text


def test_a_pickled_secret_has_no_value() -> None:
    """Secret values stay in the process that found them."""
    secret = pickle.loads(pickle.dumps(Secret(b"x" * 40)))
    assert secret == Secret(b"x" * 40)
    try:
        secret.reveal()
    except LookupError:
        return
    raise AssertionError
