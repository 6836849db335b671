"""The snippet around a secret: one line, at most a hundred characters, redacted and printable."""

import pytest

from frontleak.rules.samples import draw
from frontleak.triage.snippet import WIDTH, snippet
from tests.support.made import one_detection, scan_text
from tests.support.shipped import fake

TOKEN = fake("sanity-token")
UNKNOWN = draw("[A-Za-z]{20}[0-9]{10}[A-Za-z]{20}", "unknown")


def shown(before: str, after: str, secret: str = "S") -> str:
    """Return the snippet of an `x` between two texts, shown as `secret`."""
    start = len(before.encode())
    return snippet(f"{before}x{after}".encode(), [(start, start + 1)], 0, secret)


TABLE = {
    "nothing around": ("", "", "S"),
    "a little around": ("token:'", "';", "token:'S';"),
    "only its own line": ("first\nsecond ", " third\nfourth", "second S third"),
    "a line break just before and after": ("a\n", "\nb", "S"),
    "tabs as blanks": ("a\tb\t", "\tc", "a b S c"),
    "control characters written out": ("a\x1b[31m", "\x07\r", "a\\x1b[31mS\\x07\\r"),
    "reversed text written out": ("\u202e", "\u2066", "\\u202eS\\u2066"),
    "invisible characters written out": ("\u200b", "\ufeff", "\\u200bS\\ufeff"),
    "letters of any script as they are": ("é漢", "😀", "é漢S😀"),
    "short runs as they are": ("abcdef1234=", "", "abcdef1234=S"),
    "a long run of letters as it is": ("a" * 30 + " ", "", "a" * 30 + " S"),
    "a long run of letters and digits shortened": (f"{UNKNOWN} ", "", f"{UNKNOWN[:4]}… S"),
}


@pytest.mark.parametrize(("before", "after", "expected"), TABLE.values(), ids=TABLE)
def test_a_snippet_shows(before: str, after: str, expected: str) -> None:
    assert shown(before, after) == expected


@pytest.mark.parametrize("before", ["", "b" * 50, "b" * 500], ids=["nothing before", "some before", "much before"])
@pytest.mark.parametrize("after", ["", "a" * 50, "a" * 500], ids=["nothing after", "some after", "much after"])
def test_a_snippet_is_clipped_on_both_sides_and_holds_the_secret(before: str, after: str) -> None:
    text = shown(before, after)
    assert len(text) <= WIDTH
    assert text.count("S") == 1
    assert text.startswith("…") == (len(before) + len(after) + 1 > WIDTH and len(before) > 50)
    if len(before) + len(after) + 1 <= WIDTH:
        assert text == f"{before}S{after}"


def test_room_that_one_side_does_not_need_goes_to_the_other() -> None:
    assert shown("b" * 500, "") == "…" + "b" * 98 + "S"
    assert shown("", "a" * 500) == "S" + "a" * 98 + "…"


@pytest.mark.parametrize("length", [99, 100, 101, 300], ids="a secret shown in {} characters".format)
def test_a_secret_that_is_shown_whole_still_fits(length: int) -> None:
    assert len(shown("before ", " after", "S" * length)) <= WIDTH


def test_every_known_secret_of_the_line_is_redacted() -> None:
    other = fake("sendgrid-api-key")
    for text in (f'a="{TOKEN}",b="{other}"', f'b="{other}",a="{TOKEN}"'):
        findings = scan_text(text).detections
        assert len(findings) == 2
        for finding in findings:
            assert TOKEN[4:12] not in finding.snippet
            assert other[4:12] not in finding.snippet
            assert finding.snippet.count("characters)") == 2


@pytest.mark.parametrize("gap", range(0, 130, 7))
def test_a_known_secret_that_only_reaches_into_the_snippet_is_redacted(gap: int) -> None:
    other = fake("sendgrid-api-key")
    for text in (f'"{other}"{"." * gap}"{TOKEN}"', f'"{TOKEN}"{"." * gap}"{other}"'):
        for finding in scan_text(text).detections:
            assert not any(other[at : at + 6] in finding.snippet for at in range(4, len(other) - 6))
            assert not any(TOKEN[at : at + 6] in finding.snippet for at in range(4, len(TOKEN) - 6))


@pytest.mark.parametrize("gap", range(0, 130, 7))
@pytest.mark.parametrize(
    "filler", [".", f"{UNKNOWN} ", "é"], ids=["dots", "other unknown tokens", "letters of two bytes"]
)
def test_an_unknown_token_that_only_reaches_into_the_snippet_is_shortened(gap: int, filler: str) -> None:
    """A token cut off at the end of the snippet looks short, but is still redacted."""
    unknown = draw("[A-Z]{20}[0-9]{20}[A-Z]{20}", "unknown")
    between = (filler * 130)[:gap]
    for text in (f'{unknown} {between} "{TOKEN}"', f'"{TOKEN}" {between} {unknown}'):
        finding = one_detection(text)
        assert not any(unknown[at : at + 8] in finding.snippet for at in range(len(unknown) - 8))


def test_the_snippet_of_a_secret_of_many_lines_shows_the_end_of_its_first_and_last() -> None:
    key = fake("private-key").replace("\\n", "\n")
    finding = one_detection(f"before\nkey = '{key}'; done\nafter")
    assert finding.snippet.startswith("key = '----")
    assert finding.snippet.endswith("'; done")
