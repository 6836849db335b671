"""Decoders for strings that JavaScript computes: `"a" + "b"`, `atob("…")`, `["a", "b"].join("")` and similar forms."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import takewhile
from re import Match
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.core.budget import ExhaustedError, WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folding.beginnings import PieceForms, piece_forms
from frontleak.decode.folding.candidates import (
    CandidateFinder,
    FoldCandidate,
    calls,
    holds_piece,
    is_candidate,
    is_escaped,
    is_worth_decoding,
    pieces,
    promises,
    stands_alone,
    within_string,
)
from frontleak.decode.folding.definitions import aliases, references
from frontleak.decode.folding.enclosing import enclosing_expression, inside_list, list_opening
from frontleak.decode.folding.lexer import MOST_EXPRESSION
from frontleak.decode.interface import Piece, Request, SpanMap, View
from frontleak.decode.unescaped import Rewritten
from frontleak.js.escapes import ESCAPE, read_escape, whole_escapes
from frontleak.js.parse import available

if TYPE_CHECKING:
    from frontleak.decode.folding.fold import Folded, Folder

KIND: Final = "js-string"
"""Kind of the views."""

_LEAST_PIECE: Final = 12
_MOST_PIECE: Final = 2_000
"""Bytes of a value's beginning that are searched for (`_LEAST_PIECE`) and compared (`_MOST_PIECE`)."""
_HOLE: Final = "\ufffc"  # `builtins.HOLE`, without importing that module
_CONTEXT: Final = 2_000
"""Bytes decoded as code on either side of a candidate in a string."""
_MOST_WINDOWS: Final = 2_000
_WORD: Final = LazyRegex(rb"[A-Za-z0-9+/_\-]")
_WORD_AFTER: Final = LazyRegex(rb"[A-Za-z0-9+/_\-=]")
_SECRET_PART: Final = LazyRegex(rb"[A-Za-z0-9_\-+/=.]{16}|-----BEGIN")
_CORE: Final = LazyRegex(rb"[A-Za-z0-9_\-+/=.]{16,}|-----BEGIN")
_JOINED_CORE: Final = LazyRegex(rb"[A-Za-z0-9_\-+/=.:@]{16,}")
"""Also parts of a URL with a password."""
_MOST_CORES: Final = 3
"""Parts of a value that are searched for in the text."""
_HOLDER: Final = LazyRegex(rb"((?:[A-Za-z_$][\w$]{0,40}\.)?[A-Za-z_$][\w$]*)(?:\s?:\s?string)?\s*\+?=\s*$")
_PATTERN: Final = LazyRegex(rb"(?:const|let|var)\s*(?:\[\s*([\w$]+)[\w$,\s]*\]|\{\s*([\w$]+)[\w$,:\s]*\})\s*=\s*$")
"""The first name of a pattern that takes a list or an object apart."""
_MOST_CONSTANTS: Final = 8
"""Constants that are made of one another."""
_KEY_BEFORE: Final = LazyRegex(rb"[\w$\-]{1,60}[\"']?\s{0,4}[:=]\s{0,4}$")
_SIBLING: Final = LazyRegex(rb"[A-Za-z_]{2,30}[\"']?\s?:\s?([\"'`])[A-Za-z0-9_.\-]{1,40}\1")
_CALL_BEFORE: Final = LazyRegex(
    rb"(?:[\w$.]{3,60}\(|[\w$.]{0,60}[(\[](?=[^()\[\]]*,))"
    rb"(?:\s{0,8}(?:[\"'`][A-Za-z0-9_.:/\-]{1,100}[\"'`]|[\w$.]{1,40})\s{0,8},){0,3}\s{0,8}$"
)
"""A call or list with plain items before an argument; a minifier's name alone says nothing."""
_NAME_BEFORE: Final = LazyRegex(rb"[\w$.\-]{2,60}[\"']?\s?[:=]\s?$")
_BRACES: Final = LazyRegex(rb"[{}]")
_OWNERS: Final = 2
_CONTEXT_OF_VALUE: Final = 400
"""Bytes on either side of an expression in which properties next to it are searched for."""
_RETURNS: Final = LazyRegex(
    rb"(?:function\s+([\w$]+)\([^()]{0,80}\)\s*\{\s*return\s*|([\w$]+)\s*=\s*\([^()]{0,80}\)\s*=>\s*)$"
)
_CODE: Final = LazyRegex(rb"0x[0-9a-fA-F]{2}|[1-9]\d{0,2}")
_CODES: Final = LazyRegex(rb"(?:0x[0-9a-fA-F]{2}|\d{1,3})(?:\s{0,9},\s{0,9}(?:0x[0-9a-fA-F]{2}|\d{1,3})){15,4000}+")


class Constant(NamedTuple):
    """A part of a value that is also elsewhere in the text."""

    start: int
    """Byte offset in the value."""
    end: int
    """Byte offset just after, in the value."""
    origin_span: tuple[int, int]
    """Byte offsets in the text."""


def decode_pieces(request: Request) -> Iterator[View | str]:
    """Yield the strings computed from literals and values of secret-like keys near some offsets."""
    forms = piece_forms(request.beginnings)
    return _Folding(request.text, forms, request.budget).read(request.offsets, partial(pieces, forms))


def decode_calls(request: Request) -> Iterator[View | str]:
    """Yield the strings computed by decoding and joining calls near some offsets; see `DecodeFunction`."""
    forms = piece_forms(request.beginnings)
    return _Folding(request.text, forms, request.budget).read(request.offsets, partial(calls, forms))


class _Folding:
    """Folds the candidates of one text."""

    def __init__(self, text: bytes, forms: PieceForms, budget: WorkBudget) -> None:
        self._text = text
        self._forms = forms
        self._budget = budget
        self._folder: Folder | None = None
        self._windows: set[tuple[int, int]] = set()
        self._unpromising: set[tuple[int, int]] = set()
        self._lists: set[tuple[int, int]] = set()
        self._unescaped_to = 0
        self._emitted: set[Folded] = set()

    def read(self, offsets: Sequence[int], finder: CandidateFinder) -> Iterator[View]:
        seen = 0
        for offset in offsets:
            self._budget.spend(10)
            for candidate in finder(self._text, offset, seen):
                seen = candidate.start + 1
                if is_escaped(self._text, candidate):
                    yield from self._in_string(candidate, finder)
                elif is_candidate(self._text, candidate, self._forms, self._budget):
                    within = within_string(self._text, candidate)
                    yield from self._in_string(candidate, finder) if within else self._at(candidate)

    def _in_string(self, candidate: FoldCandidate, finder: CandidateFinder) -> Iterator[View]:
        """Yield the unescaped code around a candidate in a string, once and only if it may hold a secret."""
        if candidate.start >= self._unescaped_to and is_worth_decoding(
            self._text, candidate, finder, self._forms, self._budget
        ):
            yield self._unescaped(candidate.start)

    def _unescaped(self, offset: int) -> View:
        start, end = whole_escapes(self._text, max(0, offset - _CONTEXT), min(len(self._text), offset + _CONTEXT))
        start = max(start, self._unescaped_to)
        self._unescaped_to = end
        rewritten = Rewritten(self._text, [(start, end)], ESCAPE, read_escape)
        self._budget.spend(50 + end - start - len(rewritten.text))  # an escape is longer than its value
        return View(kind="escapes", text=rewritten.text, spans=rewritten.spans)

    def _at(self, candidate: FoldCandidate) -> Iterator[View]:
        start = candidate.start
        if candidate.kind == "piece" and stands_alone(self._text, start):
            yield from self._from_unjoined_piece(start)
            return
        is_sure = candidate.kind == "sum" or self._text.startswith(self._forms.sure, start + 1)
        first, last = enclosing_expression(self._text, start, self._budget)
        views = list(self._views(first, last, has_piece=is_sure))
        if candidate.kind == "codes" and not views:  # a Buffer in JSON, the bytes of an array
            first = start + len(around := self._text[start : start + 10]) - len(around.lstrip())
            yield from self._list_of_codes(_CODES.match(self._text, first))
        yield from views
        if (
            is_sure
            or candidate.kind == "codes"
            or (candidate.kind == "piece" and not self._text.startswith((b"B", b"T"), start + 1))
        ):
            yield from self._from_constant(first)

    def _from_unjoined_piece(self, offset: int) -> Iterator[View]:
        """Yield the strings computed from an unjoined piece: an item of a list or object, or a constant used later."""
        opening = list_opening(self._text, offset, self._budget)
        if opening < 0:
            yield from self._from_constant(offset)
        elif self._text[opening] == 91:
            first, last = inside_list(self._text, opening, self._budget)
            yield from self._views(first, last)
            yield from self._from_constant(first)
        elif self._text[opening] == 123:
            yield from self._from_constant(offset)
            yield from self._from_constant(opening)
        else:
            first, last = enclosing_expression(self._text, opening, self._budget)
            yield from self._views(first, last)
            yield from self._from_constant(offset)

    def _from_constant(self, start: int) -> Iterator[View]:
        """Yield the strings computed from the constant whose value begins at an offset, and from those made of it."""
        has_piece = self._text.startswith(self._forms.sure, start + 1) or holds_piece(self._text, start)
        pending = [start]
        for _ in range(_MOST_CONSTANTS):
            if not pending:
                return
            at = pending.pop()
            self._budget.spend(40)
            before = self._text[max(0, at - 120) : at]
            holder = _HOLDER.search(before) or _RETURNS.search(before) or _PATTERN.search(before)
            if holder is None:
                continue
            name = next(group for group in holder.groups() if group)
            names = (name, *aliases(self._text, name, at, self._budget))
            for offset in (found for each in names for found in references(self._text, each, at, self._budget)):
                first, last = enclosing_expression(self._text, offset, self._budget)
                yield from self._views(first, last, has_piece=has_piece)
                if first > at:
                    pending.append(first)

    def _views(self, start: int, end: int, *, has_piece: bool = False) -> Iterator[View]:
        """Yield the strings of an expression; one that references a piece of a secret needs no prefilter."""
        if (start, end) in self._windows or not start < end <= start + MOST_EXPRESSION:
            return
        if len(self._windows) >= _MOST_WINDOWS:
            raise ExhaustedError
        if not has_piece:
            if (start, end) in self._unpromising:
                return
            if not promises(self._text, start, end, self._budget):
                self._unpromising.add((start, end))
                return
        self._windows.add((start, end))
        if not available():
            yield from self._codes(start, end)
            return
        if self._folder is None:
            from frontleak.decode.folding.fold import Folder  # noqa: PLC0415 - most texts with a trigger do not need it

            self._folder = Folder(self._text, self._budget)
        for folded in self._folder.fold(start, end):
            view = self._view(folded)
            if view is not None:
                yield view

    def _view(self, folded: "Folded") -> View | None:
        value = folded.value.replace(_HOLE, "${…}").encode("utf-8", "replace")
        if folded in self._emitted or not _SECRET_PART.search(value):
            return None
        core = self._new_part(folded, value)
        if core is None:
            return None
        origin_span = self._span_in_text(core.group())
        inside = origin_span is not None and folded.start <= origin_span[0] < folded.end
        self._emitted.add(folded)
        self._budget.spend(100 + (len(value) >> 5))
        constant = Constant(*core.span(), origin_span) if origin_span and not inside else None
        return _in_context(self._text, folded.start, folded.end, value, constant)

    def _new_part(self, folded: "Folded", value: bytes) -> Match[bytes] | None:
        """Return the longest part of a value that its expression does not spell out; None if it spells out all."""
        for form in (_CORE, _JOINED_CORE):
            cores = sorted(form.finditer(value), key=lambda match: match.start() - match.end())
            for core in cores[:_MOST_CORES]:
                self._budget.spend(1 + (folded.end - folded.start >> 8))
                at = self._text.find(core.group(), folded.start, folded.end)
                if at < 0 or _WORD.match(self._text, at - 1) or _WORD_AFTER.match(self._text, at + len(core.group())):
                    return core
        return None

    def _span_in_text(self, value: bytes) -> tuple[int, int] | None:
        """Return the span in the text of a value or its beginning; None if absent or after a word character."""
        self._budget.spend(len(self._text) >> 11)
        at = self._text.find(value)
        if at >= 0 and not _WORD_AFTER.match(self._text, at + len(value)):
            end = at + len(value)
        else:
            at = self._text.find(value[:_LEAST_PIECE])
            pairs = zip(value[:-1], self._text[at : at + _MOST_PIECE], strict=False)
            end = at + sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        return None if at < 0 or (at and _WORD.match(self._text, at - 1)) else (at, end)

    def _codes(self, start: int, end: int) -> Iterator[View]:
        """Yield the first list of character codes in a stretch, when there is no parser."""
        self._budget.spend((end - start) >> 2)
        yield from self._list_of_codes(_CODES.search(self._text, start, end))

    def _list_of_codes(self, codes: Match[bytes] | None) -> Iterator[View]:
        """Yield the characters of a list of codes, once."""
        if codes is not None and codes.span() not in self._lists:
            self._lists.add(codes.span())
            self._budget.spend(len(codes.group()) >> 2)
            value = bytes(int(code.group(), 0) & 127 for code in _CODE.finditer(codes.group()))
            yield _in_context(self._text, *codes.span(), value)


def _in_context(text: bytes, start: int, end: int, value: bytes, constant: Constant | None = None) -> View:
    """Return a view of a value as a literal in its context: its key or call, and the plain properties next to it.

    Args:
        text: the text.
        start: start of the expression.
        end: end of the expression.
        value: value of the expression.
        constant: the part of the value that the expression only references, if any.
    """
    parts: list[bytes] = []
    pieces: list[Piece] = []
    size = 0

    def add(part: bytes, origin_start: int, origin_end: int) -> None:
        nonlocal size
        if part:
            pieces.append(Piece(size, origin_start, origin_end))
            parts.append(part)
            size += len(part)

    floor, limit = max(0, start - _CONTEXT_OF_VALUE), min(len(text), end + _CONTEXT_OF_VALUE)
    key = _KEY_BEFORE.search(text, max(0, start - 70), start)
    for owner in _owners(text, floor, start):
        add(text[slice(*owner)], *owner)
        floor = owner[1]
    for sibling in list(_SIBLING.finditer(text, floor, key.start() if key else start))[-4:]:
        add(sibling.group(), *sibling.span())
        add(b",", start, end)
    if key:
        add(key.group(), *key.span())
    elif call := _CALL_BEFORE.search(text, max(0, start - 200), start):
        add(call.group(), *call.span())
    add(b'"', start, end)
    if constant:
        add(value[: constant.start], start, end)
        add(value[constant.start : constant.end], *constant.origin_span)
        add(value[constant.end :], start, end)
    else:
        # split a value as long as its expression: pieces of equal length would map byte by byte
        half = len(value) // 2 if end - start == len(value) else 0
        add(value[:half], start, end)
        add(value[half:], start, end)
    add(b'"', start, end)
    for sibling in list(_SIBLING.finditer(text, end, limit))[:4]:
        add(b",", start, end)
        add(sibling.group(), *sibling.span())
    return View(kind=KIND, text=b"".join(parts), spans=SpanMap(pieces, size))


def _owners(text: bytes, floor: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of what the objects around an offset belong to, outermost first: `f("a",{` or `name:{`."""
    found: list[tuple[int, int]] = []
    closed = 0
    for brace in reversed(list(_BRACES.finditer(text, floor, end))):
        if brace.group() == b"}":
            closed += 1
        elif closed:
            closed -= 1
        else:
            at = brace.start()
            before = max(0, at - 200)
            owner = _NAME_BEFORE.search(text, before, at) or _CALL_BEFORE.search(text, before, at)
            if owner is None or len(found) == _OWNERS:
                break
            found.append((owner.start(), brace.end()))
    return found[::-1]
