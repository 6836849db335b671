"""Elides the values in code, so that reports may show the text around a finding.

Rules find known secrets only, and `--select` runs few of them, so what a report shows cannot depend on what was found.
The structure of the code stays (names, operators, keywords, brackets), and the contents of literals, comments, numbers,
unquoted values and text become `…` and their number of characters.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final

from frontleak.core.code_reading import CodeReading
from frontleak.core.code_tokens import COMMENTS, RAW, Style, quotes_at, quotes_of
from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.spans import Span

ELLIPSIS: Final = "…"


class Syntax(StrEnum):
    """How a file writes values."""

    CODE = "code"
    """Only in literals: JavaScript, JSON."""
    SETTINGS = "settings"
    """Unquoted too, after `=` or `:`: environment files, YAML, INI, TOML, Dockerfiles, shell, plain text."""
    MARKUP = "markup"
    """As text between tags too: HTML, Vue, Svelte, Astro."""


_CODE_SUFFIXES: Final = (
    *(".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".json", ".jsonc", ".json5", ".map"),
    *(".webmanifest", ".jsbundle", ".har"),
)
_MARKUP_SUFFIXES: Final = (
    *(".html", ".htm", ".xhtml", ".vue", ".svelte", ".astro", ".xml", ".svg", ".mdx", ".ejs", ".hbs", ".liquid"),
)
_WHOLE: Final = {
    Syntax.CODE: (Style.CODE, Style.MARKUP),
    Syntax.MARKUP: (Style.MARKUP,),
    Syntax.SETTINGS: (Style.SETTINGS,),
}
"""Styles tried for a whole line, in order, until one is plausible."""
_CUT: Final = {
    Syntax.CODE: (Style.CUT_CODE, Style.SETTINGS),
    Syntax.MARKUP: (Style.MARKUP,),
    Syntax.SETTINGS: (Style.SETTINGS,),
}
"""Styles tried for a line whose beginning is cut off."""
_CODE: Final = frozenset({Style.CODE, Style.CUT_CODE})
_ENCODED: Final = ("&", "%", "\\u", "\\x")
_ENCODED_MARKS: Final = ("&", "%2", "\\u00", "\\x2")
_ANY_QUOTE: Final = LazyTextRegex(
    rf"(?P<raw>(?<!\\)\\*+[\"'`])|(?P<encoded>{'|'.join(map(quotes_of, _ENCODED))})", re.IGNORECASE
)
_LINE_END: Final = LazyTextRegex(r"(?<!\\)\\++[rn]")
_MOST_ESCAPED: Final = 8
"""Most backslashes before a quote that still counts as one."""
_EDGE: Final = LazyTextRegex(r"[\\\"'`]++")
_Sides = tuple[list[Span], list[Span]]


def syntax_of(path: str) -> Syntax:
    """Return how a file writes values, by its path. Unknown files count as settings, the strictest."""
    name = path.lower()
    if name.endswith(_CODE_SUFFIXES):
        return Syntax.CODE
    return Syntax.MARKUP if name.endswith(_MARKUP_SUFFIXES) else Syntax.SETTINGS


def elide_line(text: str, syntax: Syntax, *, is_cut_after: bool = False) -> str:
    """Return a line without the values in it.

    Args:
        text: the line from its beginning, without its end.
        syntax: that of its file.
        is_cut_after: whether the line goes on after the text.
    """
    for style in _WHOLE[syntax]:
        reading = CodeReading(style)
        reading.is_cut_after = is_cut_after
        spans = reading.read(text if is_cut_after else f"{text}\n")
        if reading.is_plausible:
            return _without(text, spans, is_cut_after=is_cut_after)
    return _without(text, _all_of(text), is_cut_after=is_cut_after)


def elide_around(
    before: str, after: str, syntax: Syntax, *, is_cut_before: bool = False, is_cut_after: bool = False
) -> tuple[str, str]:
    """Return the text on both sides of a secret on its line, without values.

    Args:
        before: the text left of it.
        after: the text right of it.
        syntax: that of the file.
        is_cut_before: whether the line begins left of `before`, so that `before` may begin inside a literal.
        is_cut_after: whether the line goes on after `after`.
    """
    left, right = _elided(before, after, syntax, is_cut_before=is_cut_before, is_cut_after=is_cut_after)
    return (
        _without(before, left, is_cut_before=is_cut_before),
        _without(after, right, is_cut_after=is_cut_after),
    )


def _elided(before: str, after: str, syntax: Syntax, *, is_cut_before: bool, is_cut_after: bool) -> _Sides:
    """Read from the innermost quotes around the secret outwards: escaped quotes are nested in others."""
    if is_cut_before and (quotes := _EDGE.match(before)):  # a backslash may precede the quote
        left, right = _elided(before[quotes.end() :], after, syntax, is_cut_before=True, is_cut_after=is_cut_after)
        return [quotes.span(), *_moved(left, quotes.end())], right
    left, right = [], []
    first, last = 0, len(before)  # start of the unread right part, end of the unread left part
    level = _last_level(before)
    if not level and (line := _on_its_line(before, after, syntax)):
        return line
    if level not in _ENCODED and len(level) > _MOST_ESCAPED:
        return _all_of(before), _all_of(after)
    while level:
        opening = next((q for q in reversed([*_ANY_QUOTE.finditer(before, 0, last)]) if _holds(q, level)), None)
        closing = next((q for q in _ANY_QUOTE.finditer(after, first) if _holds(q, level)), None)
        start, end = opening.end() if opening else 0, closing.start() if closing else len(after)
        inner = _read_around(
            (before[start:last], after[first:end]),
            (Style.SETTINGS if syntax is Syntax.SETTINGS else Style.MARKUP,),
            level,
            (is_cut_before and not opening, is_cut_after and not closing),
        )
        left += _moved(inner[0], start)
        right += _moved(inner[1], first)
        first, last = end, start
        if opening is None:
            rest = after[first:]
            return left, right + _moved(_after_literal(rest, syntax, is_cut_after=is_cut_after), first)
        level = _level(opening)
    styles = (_CUT if is_cut_before else _WHOLE)[syntax]
    outer = _read_around(
        (before[:last], after[first:]),
        styles if Style.SETTINGS in styles or syntax is Syntax.MARKUP else (*styles, Style.SETTINGS),
        RAW,
        (is_cut_before, is_cut_after),
    )
    return [*outer[0], *left], [*right, *_moved(outer[1], first)]


def _on_its_line(before: str, after: str, syntax: Syntax) -> _Sides | None:
    r"""Read one line of a text in a literal, where `\n` ends a line; None if it is not plausible as one."""
    start = max((line.end() for line in _LINE_END.finditer(before)), default=0)
    line_end = _LINE_END.search(after)
    if not start:
        return None
    end = line_end.start() if line_end else len(after)
    sides = _plausible_around((before[start:], after[:end]), _CUT[syntax], RAW, (False, line_end is None))
    if sides is None:
        return None
    return [(0, start), *_moved(sides[0], start)], [*sides[1], (end, len(after))]


def _read_around(sides: tuple[str, str], styles: Iterable[Style], level: str, cut: tuple[bool, bool]) -> _Sides:
    """Return the values on both sides in every plausible reading; the whole text if none is plausible."""
    return _plausible_around(sides, styles, level, cut) or (_all_of(sides[0]), _all_of(sides[1]))


def _plausible_around(
    sides: tuple[str, str], styles: Iterable[Style], level: str, cut: tuple[bool, bool]
) -> _Sides | None:
    before, after = sides
    quotes = [*quotes_at(level).finditer(before)]
    states = ["", *dict.fromkeys(quote.group() for quote in quotes), *(["/*"] if "*/" in before else [])]
    for style in styles:
        found: list[_Sides] = []
        in_comment: list[_Sides] = []
        for state in states if cut[0] else [""]:
            reading = CodeReading(style, level, state=state, is_cut=cut[0])
            left = reading.read(before)
            is_commented = reading.state in COMMENTS
            if not reading.is_plausible or not (is_commented or _is_anchored(reading, quotes, style, is_cut=cut[0])):
                continue
            reading.pass_secret()
            reading.is_cut_after = cut[1]
            right = reading.read(after if cut[1] else f"{after}\n")
            if reading.is_plausible:
                (in_comment if is_commented else found).append((left, right))
        if plausible := found or in_comment:
            return [span for left, _ in plausible for span in left], [span for _, right in plausible for span in right]
    return None


def _is_anchored(reading: CodeReading, quotes: Sequence[re.Match[str]], style: Style, *, is_cut: bool) -> bool:
    """Return whether a reading puts the secret where it can be: bare only in text, else in the nearest quotes."""
    if not reading.state:
        return style not in _CODE
    return not is_cut or (bool(quotes) and reading.opened == quotes[-1].end())


def _after_literal(text: str, syntax: Syntax, *, is_cut_after: bool) -> list[Span]:
    """Return the values in a text that begins with the closing quote of a literal."""
    quote = _ANY_QUOTE.match(text)
    if quote is None:
        return _all_of(text)
    reading = CodeReading(_CUT[syntax][0], _level(quote))
    reading.close()
    reading.is_cut_after = is_cut_after
    spans = reading.read(text[quote.end() :])
    return _moved(spans, quote.end()) if reading.is_plausible else _all_of(text)


def _last_level(text: str) -> str:
    """Return the level of the last quote in a text."""
    if any(mark in text for mark in _ENCODED_MARKS):
        return next((_level(quote) for quote in reversed([*_ANY_QUOTE.finditer(text)])), RAW)
    quote = max(map(text.rfind, "\"'`"))
    return "\\" * (quote - len(text[: max(0, quote)].rstrip("\\"))) if quote >= 0 else RAW


def _level(quote: re.Match[str]) -> str:
    if quote["raw"]:
        return quote["raw"][:-1]
    text = quote["encoded"]
    return text[:2].lower() if text[0] == "\\" else text[0]


def _holds(quote: re.Match[str], level: str) -> bool:
    """Return whether a quote belongs to an enclosing literal of a level: it is escaped fewer times."""
    return quote["raw"] is not None and len(_level(quote)) < (1 if level in _ENCODED else len(level))


def _all_of(text: str) -> list[Span]:
    return [(0, len(text))] if text.strip() else []


def _moved(spans: Iterable[Span], by: int) -> list[Span]:
    return [(start + by, end + by) for start, end in spans]


def _without(text: str, spans: Iterable[Span], *, is_cut_before: bool = False, is_cut_after: bool = False) -> str:
    return "".join(_pieces(text, spans, is_cut_before=is_cut_before, is_cut_after=is_cut_after))


def _pieces(text: str, spans: Iterable[Span], *, is_cut_before: bool, is_cut_after: bool) -> Iterator[str]:
    position = 0
    for start, end in _merged(spans, text):
        yield text[position:start]
        is_part = (is_cut_before and start == 0) or (is_cut_after and end == len(text))
        yield ELLIPSIS if is_part else f"{ELLIPSIS}({end - start})"
        position = end
    yield text[position:]


def _merged(spans: Iterable[Span], text: str) -> list[Span]:
    """Return spans in order; spans that overlap or have only blanks in between are joined."""
    merged: list[Span] = []
    for start, stop in sorted(spans):
        end = min(stop, len(text))
        if merged and (start <= merged[-1][1] or text[merged[-1][1] : start].isspace()):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged
