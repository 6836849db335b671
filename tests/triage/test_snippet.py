"""The snippet around a secret: one line, at most a hundred characters, redacted and printable."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontleak.core.elide import Syntax, elide_around
from frontleak.rules.samples import draw
from frontleak.triage.snippet import WIDTH, code_around, snippet
from tests.support.made import one_detection, scan_text
from tests.support.shipped import fake

TOKEN = fake("sanity-token")
UNKNOWN = draw("[A-Za-z]{20}[0-9]{10}[A-Za-z]{20}", "unknown")


def shown(before: str, after: str, secret: str = "S", syntax: Syntax = Syntax.CODE) -> str:
    """Return the snippet of an `x` between two texts, shown as `secret`."""
    start = len(before.encode())
    return snippet(f"{before}x{after}".encode(), start, start + 1, secret, syntax)


TABLE = {
    "nothing around": ("", "", "S"),
    "a little around": ("token:'", "';", "token:'S';"),
    "only its own line": ("first\na('", "')\nfourth", "a('S')"),
    "a line break just before and after": ("a\n", "\nb", "S"),
    "tabs as blanks": ("a\t=\t'", "'\t+b", "a = 'S' +b"),
    "control characters written out": ("\x1b+a='", "'+\x07\r", "\\x1b+a='S'+\\x07\\r"),
    "reversed text written out": ("\u202e+a='", "'+\u2066", "\\u202e+a='S'+\\u2066"),
    "invisible characters written out": ("\u200b+a='", "'+\ufeff", "\\u200b+a='S'+\\ufeff"),
    "letters of any script as they are": ("é漢='", "'+😀", "é漢='S'+😀"),
    "other values by their length": ("a('b c',12,'", "','d')", "a('…(3)',…(2),'S','…(1)')"),
    "a comment by its length": ("/* b c */a('", "') // d", "/* …(4)*/a('S') // …(1)"),
    "less where it does not read like code": ("it's a \"b\" '", "' d", "…(2)'…(3) \"…(1)\" 'S' …(1)"),
    "nothing where literals cannot be told": ("a 'b'c '", "' d", "…(8)S…(3)"),
}


@pytest.mark.parametrize(("before", "after", "expected"), TABLE.values(), ids=TABLE)
def test_a_snippet_shows(before: str, after: str, expected: str) -> None:
    assert shown(before, after) == expected


def test_a_snippet_of_settings_shows_names() -> None:
    assert shown("NEXT_PUBLIC_TOKEN=c D=", " E=f", syntax=Syntax.SETTINGS) == "NEXT_PUBLIC_TOKEN=…(1) D=S E=…(1)"


@pytest.mark.parametrize("before", [0, 25, 250], ids=["nothing before", "some before", "much before"])
@pytest.mark.parametrize("after", [0, 25, 250], ids=["nothing after", "some after", "much after"])
def test_a_snippet_is_clipped_on_both_sides_and_holds_the_secret(before: int, after: int) -> None:
    left, right = "b+" * before + "'", "'" + "+a" * after
    text = shown(left, right)
    assert len(text) <= WIDTH
    assert text.count("S") == 1
    assert text.startswith("…") == (len(left) + len(right) + 1 > WIDTH and before > 25)
    if len(left) + len(right) + 1 <= WIDTH:
        assert text == f"{left}S{right}"


def test_room_that_one_side_does_not_need_goes_to_the_other() -> None:
    assert shown("b+" * 250 + "'", "'") == "…" + "b+" * 48 + "'S'"
    assert shown("'", "'" + "+a" * 250) == "'S'" + "+a" * 48 + "…"


@pytest.mark.parametrize("length", range(60, 90))
def test_a_clip_leaves_no_half_of_a_length(length: int) -> None:
    before, after = "'b'+" * length + "'", "'" + "+'a'" * length
    for text in (shown(before, "'"), shown("'", after), shown("+" * (length % 5) + before, after + "+" * (length % 7))):
        assert re.fullmatch(r"…?(?:\+|'…\(1\)'|'S'|'(?=…\Z)|(?<=\A…)')*…?", text), text


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
            assert finding.snippet.count("characters)") == 1
            assert finding.snippet.count("…(") == 2


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


LISTED = tuple(f'{{token:"{draw("[A-Za-z0-9]{180}", str(seed))}"}},' for seed in range(200))


def test_the_code_between_many_tokens_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their letters and digits do not matter: where tokens are dense, the texts around them are alike."""
    read: list[str] = []

    def counted(before: str, after: str, syntax: Syntax, *, is_cut_before: bool, is_cut_after: bool) -> tuple[str, str]:
        read.append(before)
        return elide_around(before, after, syntax, is_cut_before=is_cut_before, is_cut_after=is_cut_after)

    monkeypatch.setattr("frontleak.triage.snippet.elide_around", counted)
    code_around.cache_clear()
    line = "".join(("x=[", *LISTED, "]"))
    starts = [found.start() for found in re.finditer(r"(?<=\")\w", line)]
    assert len(starts) == len(LISTED)
    texts = [snippet(line.encode(), start, start + 180, "S", Syntax.CODE) for start in starts]
    assert set(texts[1:-1]) == {'…"},{token:"S"},{token:"…'}
    assert len(read) <= 8


def test_the_code_between_many_short_keys_is_read_once() -> None:
    """In a list, even those as long as names, of capitals and digits."""
    keys = [draw("[A-Z]{4}[A-Z2-7]{16}", str(seed)) for seed in range(400)]
    line = "".join(("x=[", ",".join(map('"{}"'.format, keys)), "]"))
    code_around.cache_clear()
    texts = [snippet(line.encode(), start, start + 20, "S", Syntax.CODE) for start in map(line.index, keys)]
    listed = '"…(20)",'
    assert set(texts[10:-10]) == {f'…",{listed * 6}"S",{listed * 5}"…'}
    assert code_around.cache_info().misses <= 20


AROUND = st.text(
    st.sampled_from(["a", ".", " ", '"', "'", "=", "{", "(", "\\", "%", "&", "#", "/", "-", "1"]), max_size=12
)
RUN_OF_BOTH = st.integers(0, 10_000).map(lambda seed: draw("[a-z][A-Za-z0-9]{70}[A-Z][0-9]", str(seed)))


@given(left=AROUND, right=AROUND, first=RUN_OF_BOTH, other=RUN_OF_BOTH, syntax=st.sampled_from(Syntax))
def test_a_long_run_of_letters_and_digits_is_elided_whatever_it_holds(
    left: str, right: str, first: str, other: str, syntax: Syntax
) -> None:
    for run in (first, other):
        before, after = f"{left}{run}{right}", f"{right}{run}{left}"
        text = shown(before, after, syntax=syntax)
        assert text == _uncached(before, after, syntax)
        assert not any(run[at : at + 6] in text for at in range(len(run) - 6))


VALUES = st.one_of(
    st.integers(0, 10_000).map(lambda seed: draw("([A-Z0-9]{16,30}|[a-z0-9]{16,64}|[A-Za-z0-9]{15,90})", str(seed))),
    st.sampled_from(["createClientOptions", "SANITYAUTHTOKENNAME", "instanceofInstanceof", "in", "applicationJson12"]),
)
PIECES = st.lists(
    st.one_of(
        VALUES.map(lambda value: f',"{value}"'),
        VALUES.map(lambda value: f'"{value}"'),
        VALUES,
        st.sampled_from(
            ["[", "]", ",", '"', "'", "`", "${", "}", ":", " ", "=", "(", "env[", "import ", "<a ", ">", "\n"]
        ),
        st.sampled_from(
            ["\\", '\\"', "&quot;", "%22", "\\u0022", "/*", "*/", "//", "#", "/", "-", ".", "a", "1", "KEY="]
        ),
    ),
    max_size=14,
).map("".join)


@settings(max_examples=400)
@given(before=PIECES, after=PIECES, syntax=st.sampled_from(Syntax))
def test_a_value_in_a_list_is_elided_whatever_it_holds(before: str, after: str, syntax: Syntax) -> None:
    assert shown(before, after, syntax=syntax) == _uncached(before, after, syntax)


def _uncached(before: str, after: str, syntax: Syntax) -> str:
    """Return the excerpt made from the text itself, not from one in which long runs are alike."""
    start = len(before)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("frontleak.triage.snippet.alike", str)
        return snippet(f"{before}x{after}".encode(), start, start + 1, "S", syntax)
