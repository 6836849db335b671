"""Comments that silence findings: what they cover, and what is not a comment."""

from typing import Final

import pytest

from frontleak.rules.samples import draw
from frontleak.triage.ignore_comments import IgnoreComment, read_ignore_comments


def _only(text: str) -> IgnoreComment:
    (comment,) = read_ignore_comments(text)
    return comment


@pytest.mark.parametrize(
    "text",
    [
        "const a = 1",
        'const a = "frontleak: ignore"',  # a text, not a comment
        "frontleak: ignore the rest",  # prose
        "// frontleak ignores this folder",
        "// frontleak: ignored by nobody",
        "// the gitleaks allow list",
        "// nosemgrep: javascript.lang.correctness.missing-template",  # a rule about something else
        "// nosemgrep",
        "a.b;ggignored()",
        "// secretlint-enable",
        f"{'x' * 500}// {' ' * 500} frontleak: ignore",  # too far from where the comment begins
        "\n" * 30 + "// frontleak: ignore-file",  # not at the top
    ],
)
def test_what_is_not_a_comment(text: str) -> None:
    assert read_ignore_comments(text) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('a = "x" // frontleak: ignore[sanity-token] a dummy', "a dummy"),
        ('a = "x" // frontleak: ignore[sanity-token]: a dummy', "a dummy"),
        ('a = "x" // frontleak:ignore[ sanity-token ] -- a dummy', "a dummy"),
        ('a = "x" // frontleak: allow[sanity-token]', ""),
        ('a = "x" /* frontleak: ignore[sanity-token] a dummy */ + b', "a dummy"),
        ("A=x # frontleak: ignore[sanity-token] a dummy", "a dummy"),
        ("<p>x</p> <!-- frontleak: ignore[sanity-token] a dummy -->", "a dummy"),
        ("x {/* frontleak: ignore[sanity-token] a dummy */}", "a dummy"),
        ("SELECT 'x' -- frontleak: ignore[sanity-token] a dummy", "a dummy"),
        ("<%# x %> <% x %> {{!-- frontleak: ignore[sanity-token] a dummy --}}", "a dummy"),
    ],
)
def test_a_comment_after_code_covers_its_line(line: str, reason: str) -> None:
    comment = _only(f"first\n{line}\nlast\n")
    assert (comment.line, comment.first, comment.last) == (2, 2, 2)
    assert comment.rules == ("sanity-token",)
    assert comment.reason == reason
    assert comment.names("sanity-token")
    assert not comment.names("github-token")


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("// frontleak: ignore[a] why\nsecret\n", 2),
        ("{/* frontleak: ignore[a] why */}\n<Foo />\n", 2),
        ("/*\n * frontleak: ignore[a] why\n */\n\nsecret\n", 5),
        ("// frontleak: ignore-next-line[a] why\nsecret\n", 2),
        ("code // frontleak: ignore-next-line[a] why\n// a comment\nsecret\n", 3),
        ("# pragma: allowlist nextline secret\nsecret\n", 2),
        ("// secretlint-disable-next-line\nsecret\n", 2),
    ],
)
def test_a_comment_may_cover_the_next_line_of_code(text: str, covered: int) -> None:
    comment = _only(text)
    assert comment.covers(covered, covered)
    assert not comment.covers(covered + 1, covered + 1)


@pytest.mark.parametrize(
    ("line", "tool"),
    [
        ("x // gitleaks:allow", "gitleaks"),
        ("x # betterleaks:allow", "betterleaks"),
        ("x # pragma: allowlist secret", "detect-secrets"),
        ("x # pragma: whitelist secret", "detect-secrets"),
        ("x // trufflehog:ignore", "trufflehog"),
        ("x // ggignore", "ggshield"),
        ("x // nosemgrep: generic.secrets.security.detected-generic-secret", "semgrep"),
        ("x // secretlint-disable-line", "secretlint"),
    ],
)
def test_conventions_of_other_scanners_cover_their_line(line: str, tool: str) -> None:
    comment = _only(f"first\n{line}\nlast\n")
    assert (comment.tool, comment.first, comment.last, comment.rules) == (tool, 2, 2, ())


def test_a_foreign_comment_alone_covers_nothing_below() -> None:
    assert not _only("// gitleaks:allow\nsecret\n").covers(2, 2)


def test_semgrep_alone_covers_the_next_line_of_code() -> None:
    comment = _only("a\n# nosemgrep: generic.secrets.x\nb\nc\n")
    assert (comment.first, comment.last) == (2, 3)
    assert _only("a # nosemgrep: generic.secrets.x\nb\n").last == 1


def test_kingfisher_covers_the_lines_around() -> None:
    assert [_only("a\nb\n// kingfisher:ignore\nc\nd\n").covers(line, line) for line in range(1, 6)] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_a_block_ends_where_it_is_closed_or_at_the_end() -> None:
    text = "a\n/* secretlint-disable */\nb\n/* secretlint-enable */\nc\n// secretlint-disable\nd"
    assert [(each.first, each.last) for each in read_ignore_comments(text)] == [(2, 4), (6, 7)]


def test_a_file_is_covered_from_its_top() -> None:
    comment = _only("#!/usr/bin/env node\n// frontleak: ignore-file[vendor-*] generated dummies\nx\n")
    assert comment.covers(900, 900) is False  # the file has four lines
    assert comment.covers(1, 1)
    assert comment.covers(3, 3)
    assert comment.names("vendor-key")


def test_several_rules_and_a_fingerprint() -> None:
    print_ = "0123456789abcdef" * 2
    comment = _only(f"x // frontleak: ignore[a, b-*] {print_} public on purpose")
    assert comment.rules == ("a", "b-*")
    assert comment.fingerprints == (print_,)
    assert comment.reason == "public on purpose"


def test_a_place_of_several_lines_is_covered_by_its_first_or_last() -> None:
    comment = _only("-----BEGIN\nx\n-----END # frontleak: ignore[private-key] a test key\n")
    assert comment.covers(1, 3)


@pytest.mark.parametrize(
    "hostile",
    ["//" * 9, "// frontleak: ", "//frontleak: ignore[", "// ggignore ", "//nosem: ", "\n*", "# frontleak: ignore\n"],
)
def test_the_work_grows_with_the_text(hostile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each search around a marker has a bound, so the characters looked at are a multiple of the text."""
    from frontleak.triage import ignore_comments

    looked_at = 0

    class Counting:
        def __init__(self, pattern: object) -> None:
            self.pattern = pattern

        def search(self, text: str, start: int = 0, end: int | None = None) -> object:
            nonlocal looked_at
            stop = len(text) if end is None else min(end, len(text))
            looked_at += stop - start
            return self.pattern.search(text, start, stop)  # type: ignore[attr-defined]

        def finditer(self, text: str) -> object:
            nonlocal looked_at
            looked_at += len(text)
            return self.pattern.finditer(text)  # type: ignore[attr-defined]

    for name in ("_OPENING", "_END"):
        monkeypatch.setattr(ignore_comments, name, Counting(getattr(ignore_comments, name)))
    text = hostile * 20_000
    assert len(read_ignore_comments(text)) <= 10_000
    assert looked_at <= 20_000 * 1_000


def _drawable(pattern: str) -> str:
    """Return a pattern without what only limits where it matches."""
    return pattern.replace(r"\b", "").replace(r"(?![\w\-])", "").replace(r"\s*", r"\s?")


def test_every_marker_holds_a_word_that_is_searched_for_first() -> None:
    from frontleak.triage.ignore_comments import _MARKERS, WORDS

    for marker in _MARKERS:
        for fake in (draw(_drawable(marker.pattern), str(n)) for n in range(20)):
            assert any(word in fake for word in WORDS), fake


SYNTAXES: Final = {
    "a script": "// {}",
    "a script, as a block": "/* {} */",
    "JSX": "{{/* {} */}}",
    "markup": "<!-- {} -->",
    "settings": "# {}",
    "settings of old": "; {}",
    "SQL": "-- {}",
    "Lua": "--[[ {} ]]",
    "EJS": "<%# {} %>",
    "EJS, as code": "<%/* {} */%>",
    "JSP": "<%-- {} --%>",
    "Liquid": "{{% comment %}} {} {{% endcomment %}}",
    "Liquid, in short": "{{% # {} %}}",
    "Liquid without space": "{{%- comment -%}} {} {{%- endcomment -%}}",
    "Twig": "{{# {} #}}",
    "Nunjucks": "{{#- {} -#}}",
    "PHP in a page": "<?php /* {} */ ?>",
    "PHP in a page, as a line": "<?php // {} ?>",
    "PHP in a page, as a line of old": "<?php # {} ?>",
    "Handlebars": "{{{{!-- {} --}}}}",
    "Mustache": "{{{{! {} }}}}",
    "Blade": "{{{{-- {} --}}}}",
    "Razor": "@* {} *@",
    "Pug": "//- {}",
    "Haml": "-# {}",
    "Smarty": "{{* {} *}}",
    "FreeMarker": "<#-- {} -->",
    "Go templates": "{{{{/* {} */}}}}",
    "PowerShell": "<# {} #>",
    "a text of Python": '"""{}"""',
}


@pytest.mark.parametrize("syntax", SYNTAXES.values(), ids=SYNTAXES)
def test_every_comment_syntax(syntax: str) -> None:
    def covered(before: str, marker: str) -> tuple[int, int, str]:
        comment = _only(f"first\n{before}{syntax.format(f'frontleak: {marker}[sanity-token] a dummy')}\nnext\nlast\n")
        assert comment.rules == ("sanity-token",)
        return comment.first, comment.last, comment.reason

    assert covered("code ", "ignore") == (2, 2, "a dummy")
    assert covered("  ", "ignore") == (2, 3, "a dummy")
    assert covered("", "ignore-next-line") == covered("", "ignore-nextline") == (3, 3, "a dummy")
    assert covered("", "ignore-file") == (1, 6, "a dummy")


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("/* {} */\n#app {{ color: red }}\n#b {{}}", 2),  # a style sheet
        ("# {}\n//registry.example.com/:_authToken=x\n//b", 2),  # .npmrc
        ("// {}\n#secret = 'x'\n#other", 2),  # a private field
        ("# {}\n--option=x\nb", 2),
        ("{{% comment %}} {} {{% endcomment %}}\n{{% assign a = 'x' %}}\nb", 2),
        ("# {}\n# more\n\na: x\nb", 4),
        ("/**\n * {}\n */\na = 'x'\nb", 4),
        ("<!-- {}\n-->\n<p>x</p>\nb", 3),
    ],
)
def test_what_looks_like_a_comment_of_another_language_is_code(text: str, last: int) -> None:
    for marker in ("ignore", "ignore-next-line"):
        assert _only(text.format(f"frontleak: {marker}[sanity-token] a dummy")).last == last


@pytest.mark.parametrize(
    "text",
    [
        "<!--\n  frontleak: ignore[sanity-token] a dummy\n-->\n<p>x</p>",
        "/*\n\tfrontleak: ignore[sanity-token] a dummy\n*/\na = 'x'",
        "{#\nfrontleak: ignore[sanity-token] a dummy\n#}\n<p>x</p>",
        "{% comment %}\nfrontleak: ignore[sanity-token] a dummy\n{% endcomment %}\n<p>x</p>",
    ],
)
def test_a_line_of_a_comment_of_several_lines(text: str) -> None:
    comment = _only(text)
    assert (comment.first, comment.last, comment.reason) == (2, 4, "a dummy")


@pytest.mark.parametrize(
    "text", ["<!-- a -->\nfrontleak: ignore[sanity-token]", "/* a */ b\n  frontleak: ignore[sanity-token]"]
)
def test_a_line_behind_a_comment_is_none(text: str) -> None:
    assert read_ignore_comments(text) == []
