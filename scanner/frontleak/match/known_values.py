"""Looks for known values in a text: all their forms in one pass, and what asks a decoder for a view of their pieces.

A database of short pieces of the forms says where one may be; the forms with this piece are then made, and the bytes of
the text decide. Nothing here is written anywhere: the database is compiled in memory.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from frontleak.core.env_value import EnvValue
from frontleak.match.interface import Spans, offsets_of
from frontleak.match.value_forms import forms_of
from frontleak.match.value_pieces import RARE, pieces_of
from frontleak.rules.byte_frequencies import ordinary_rate
from frontleak.rules.pattern_rule import Beginnings

if TYPE_CHECKING:
    from array import array

_BEFORE: Final = 40
"""Bytes before the end of a piece at which a decoder begins to read: more than the longest text that asks for it."""
_BEGINNING: Final = 6
"""Bytes of a value that ask a decoder for a view."""
_LONGEST_BEGINNING: Final = 12
_LIKE_A_WORD: Final = re.compile(rb"[A-Za-z][a-z]*")
"""A beginning that code may have anywhere, as `signal` in `signalMarble-34!`: more of the value must follow."""
_MOST_ASKING: Final = 2_000
"""Values whose beginnings ask for views; of more, pieces are found only where something else asks for the view."""
_MOST_FORMS: Final = 200_000
"""Forms made to find pieces, after which values are looked for without escapes, percent and entities."""
_MOST_KEPT: Final = 1 << 26
"""Bytes of forms that are kept for further texts."""
_CODES: Final = 3
"""Character codes of a beginning that ask for a view."""
MOST_MATCHES: Final = 20_000
"""Occurrences in one text that are kept."""
_RUNS: Final = re.compile(rb"[A-Za-z0-9_]+")
_LETTERS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")


class ValueMatch(NamedTuple):
    """An occurrence of a known value."""

    start: int
    """Byte offset."""
    end: int
    value: EnvValue
    kind: str
    """Encoding; empty for the plain value."""


class ValueHits(NamedTuple):
    """What a pass finds in a text."""

    matches: Sequence[ValueMatch] = ()
    """Sorted by span; of those in one place, the longest."""
    triggers: Mapping[str, "array[int]"] = {}
    """Decoder -> ascending offsets where it may read a piece of a value."""


class LiteralPass(Protocol):
    """Finds literal texts."""

    def ends(self, text: bytes, spans: Spans | None = None) -> Sequence[tuple[int, int]]:
        """Return (number of the literal, byte offset just after it) of each occurrence.

        Those of one literal are in ascending order. With `spans`, nothing else of the text is searched.
        """
        ...


class _Placed(NamedTuple):
    """A form, and where it is, seen from a piece of it."""

    before: int
    """Bytes of the form before the piece."""
    text: bytes
    kind: str
    value: int
    """Index of the value."""
    rank: int
    """Index among the forms of the value."""


class _Found(NamedTuple):
    """An occurrence of a form; in ascending order, of those that begin in one place the longest is first."""

    start: int
    minus_end: int
    value: int
    rank: int
    kind: str


class KnownValues:
    """Values, ready to be looked for."""

    def __init__(self, values: Sequence[EnvValue], *, hyperscan: bool) -> None:
        """Prepare the pass; without `hyperscan` it is a regular expression, which finds the same."""
        self._values = values
        self._is_escaped: list[bool] = []
        owners: dict[bytes, list[int]] = {}
        count = 0
        for number, value in enumerate(values):
            pieces, made = pieces_of(value.value.reveal, escaped=count < _MOST_FORMS)
            self._is_escaped.append(not made or count < _MOST_FORMS)
            count += made
            for piece in filter(None, pieces):
                owners.setdefault(piece, []).append(number)
        texts = [value.value.reveal for value in values if not value.part or not value.is_guessable]
        begins = sorted({each for text in texts[:_MOST_ASKING] if (each := _beginning(text))})
        self.beginnings = Beginnings(sure=tuple(each.decode("latin-1") for each in begins))
        asking = {piece: name for each in begins for piece, name in _asking(each)}
        self._pieces = list(owners.items())
        self._asked = list(asking.values())
        self._placed: dict[int, _Table] = {}
        self._kept = 0
        self._pass = _literal_pass([*owners, *asking], hyperscan=hyperscan)

    def scan(self, text: bytes | memoryview, spans: Spans | None = None) -> ValueHits | None:
        """Return what is found in a text, or in some spans of it; None if nothing is."""
        data = bytes(text)
        events = self._pass.ends(data, spans)
        if not events:
            return None
        ends: dict[int, list[int]] = {}
        triggers: dict[str, set[int]] = {}
        for number, end in events:
            if number < len(self._pieces):
                ends.setdefault(number, []).append(end)
            else:
                triggers.setdefault(self._asked[number - len(self._pieces)], set()).add(max(0, end - _BEFORE))
        found: list[_Found] = []
        for number in sorted(ends):
            found += islice(self._found(data, number, ends[number]), MOST_MATCHES)
            if len(found) > 2 * MOST_MATCHES:
                found = sorted(found)[:MOST_MATCHES]
        kept = list(self._longest(sorted(found)[:MOST_MATCHES]))
        if not kept and not triggers:
            return None
        return ValueHits(kept, {name: offsets_of(sorted(triggers[name])) for name in sorted(triggers)})

    def _found(self, data: bytes, number: int, ends: Iterable[int]) -> Iterator[_Found]:
        """Yield the forms that stand at occurrences of a piece, which end at ascending offsets."""
        length = len(self._pieces[number][0])
        table = self._forms_with(number)
        for end in ends:
            for (before, known), placed in table.items():
                start = end - length - before
                if start < 0:
                    continue
                for each in placed.get(data[start : start + known], ()):
                    stop = start + len(each.text)
                    if data.startswith(each.text, start) and self._stands_alone(data, start, stop, each):
                        yield _Found(start, -stop, each.value, each.rank, each.kind)

    def _forms_with(self, number: int) -> "_Table":
        """Return the forms that have a piece."""
        table = self._placed.get(number)
        if table is None:
            piece, owners = self._pieces[number]
            forms = [
                _Placed(before, form.text, form.kind, value, rank)
                for value in owners
                for rank, form in enumerate(forms_of(self._values[value].value.reveal, escaped=self._is_escaped[value]))
                if (before := form.text.find(piece)) >= 0
            ]
            table = _table(forms)
            self._kept += sum(len(form.text) for form in forms)
            if self._kept > _MOST_KEPT:
                self._placed.clear()
                self._kept = 0
            self._placed[number] = table
        return table

    def _stands_alone(self, data: bytes, start: int, stop: int, found: _Placed) -> bool:
        """Return whether a form counts where it is: a value that could be guessed must not be part of a word."""
        if not self._values[found.value].is_guessable or found.kind not in {"", "reversed"}:
            return True
        return _is_word(data, start, stop)

    def _longest(self, found: Iterable[_Found]) -> Iterator[ValueMatch]:
        """Yield the matches, without those inside of others, such as the password of an address."""
        taken_to = 0
        for each in found:
            if -each.minus_end > taken_to:
                yield ValueMatch(each.start, -each.minus_end, self._values[each.value], each.kind)
                taken_to = -each.minus_end


_Table = Mapping[tuple[int, int], Mapping[bytes, Sequence[_Placed]]]
"""(bytes of a form before the piece, bytes of the key) -> beginning of a form -> the forms that begin so."""
_KEY: Final = 40
"""Bytes of a key at most: a value with quotes has hundreds of forms, which differ soon."""


def _table(forms: Iterable[_Placed]) -> _Table:
    by_place: dict[int, list[_Placed]] = {}
    for form in forms:
        by_place.setdefault(form.before, []).append(form)
    table: dict[tuple[int, int], dict[bytes, list[_Placed]]] = {}
    for before, placed in by_place.items():
        length = min(_KEY, *(len(form.text) for form in placed))
        by_beginning = table.setdefault((before, length), {})
        for form in placed:
            by_beginning.setdefault(form.text[:length], []).append(form)
    return table


def _beginning(value: bytes) -> bytes:
    """Return the beginning of a value that asks for a view; empty if that would be asked for everywhere."""
    for length in range(_BEGINNING, _LONGEST_BEGINNING + 1):
        text = value[:length]
        if _LIKE_A_WORD.fullmatch(text) and length < _LONGEST_BEGINNING:
            continue
        if len(text) == length < len(value) and ordinary_rate(text) <= RARE:
            return text if text.isascii() and not set(b"\r\n\0").intersection(text) else b""
    return b""


def _asking(beginning: bytes) -> Iterator[tuple[bytes, str]]:
    """Yield texts that ask for a view of a piece: its beginning, or that as a list of character codes."""
    yield beginning, "js-string"
    codes = beginning[:_CODES]
    for number, between in (("%d", b","), ("%d", b", "), ("0x%x", b",")):
        yield between.join((number % each).encode() for each in codes) + b",", "js-call"


def _is_word(data: bytes, start: int, stop: int) -> bool:
    """Return whether a text is not a part of a word, nor one of a list of words."""
    if _is_in_word_list(data, start, stop):
        return False
    before = start > 0 and data[start - 1] in _LETTERS and data[start] in _LETTERS and not _ends_escape(data, start)
    return not before and not (stop < len(data) and data[stop] in _LETTERS and data[stop - 1] in _LETTERS)


_LIST_REACH: Final = 500
"""Bytes before and after a value in which a list of words is looked for."""
_WORDS_OF_LIST: Final = 15
_BETWEEN_WORDS: Final = re.compile(rb"[,\n]")
_WORD: Final = re.compile(rb"[^\s,;:=\"'`<>(){}\[\]]{2,30}")
_ESCAPED: Final = re.compile(rb"(?:\\[nrtbfv]|%[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4})\Z")


def _is_in_word_list(data: bytes, start: int, stop: int) -> bool:
    """Return whether words stand before or after a value, with nothing but commas or line ends between them.

    Lists of the most frequent passwords have what people think of.
    """
    before = _BETWEEN_WORDS.split(data[max(0, start - _LIST_REACH) : start])
    if len(before) > _WORDS_OF_LIST and not before[-1] and all(map(_WORD.fullmatch, before[-1 - _WORDS_OF_LIST : -1])):
        return True
    after = _BETWEEN_WORDS.split(data[stop : stop + _LIST_REACH])
    return len(after) > _WORDS_OF_LIST and not after[0] and all(map(_WORD.fullmatch, after[1:_WORDS_OF_LIST]))


def _ends_escape(data: bytes, start: int) -> bool:
    return _ESCAPED.search(data, max(0, start - 6), start) is not None


def _literal_pass(literals: Sequence[bytes], *, hyperscan: bool) -> LiteralPass:
    if hyperscan and literals:
        from frontleak.match.literal_pass import HyperscanLiterals  # noqa: PLC0415 - absent on some platforms

        return HyperscanLiterals(literals)
    return RegexLiterals(literals)


_COMPARED: Final = 3
"""Bytes of a literal that the expression has."""


class RegexLiterals:
    """The pass with `re`, for platforms without Hyperscan."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        by_beginning: dict[bytes, list[tuple[int, bytes]]] = {}
        length = min([_COMPARED, *map(len, literals)])  # none begins with another
        for number, literal in enumerate(literals):
            by_beginning.setdefault(literal[:length], []).append((number, literal))
        self._by_beginning = by_beginning
        self._pattern = re.compile(b"(?=(" + (b"|".join(map(re.escape, sorted(by_beginning))) or b"(?!)") + b"))")

    def ends(self, text: bytes, spans: Spans | None = None) -> Sequence[tuple[int, int]]:
        """See `LiteralPass`."""
        return [
            (number, match.start() + len(literal))
            for start, end in (((0, len(text)),) if spans is None else spans)
            for match in self._pattern.finditer(text, start, end)
            for number, literal in self._by_beginning[match.group(1)]
            if text.startswith(literal, match.start(), end)
        ]
