"""Looks for known values in a text: all their forms in one pass, and what asks a decoder for a view of their pieces.

A database of their rarest bytes says where a form may be; a table of these bytes says which, and the bytes of
the text decide. Nothing here is written anywhere: the database is compiled in memory.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from frontleak.core.env_value import EnvValue
from frontleak.match.interface import offsets_of
from frontleak.match.value_forms import Form, forms_of
from frontleak.rules.byte_frequencies import ordinary_rate, rarest_part
from frontleak.rules.pattern_rule import Beginnings

if TYPE_CHECKING:
    from array import array

_SLICE: Final = 8
"""Bytes of a form that the pass looks for."""
_BEFORE: Final = 40
"""Bytes before the end of a piece at which a decoder begins to read: more than the longest text that asks for it."""
_BEGINNING: Final = 6
"""Bytes of a value that ask a decoder for a view."""
_LONGEST_BEGINNING: Final = 12
_RARE: Final = 1e-7
"""Limit for the occurrences of a beginning per byte of ordinary code; a more frequent one is made longer."""
_MOST_ASKING: Final = 2_000
"""Values whose beginnings ask for views; of more, pieces are found only where something else asks for the view."""
_MOST_FORMS: Final = 200_000
"""Forms, 300 bytes each, after which values are looked for without escapes, percent and entities."""
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

    def ends(self, text: bytes | memoryview) -> Sequence[tuple[int, int]]:
        """Return (number of the literal, byte offset just after it) of each occurrence."""
        ...


class _Slice(NamedTuple):
    """Where a form is, seen from one of its slices."""

    before: int
    """Bytes of the form before the slice."""
    form: Form
    value: EnvValue


class KnownValues:
    """Values, ready to be looked for."""

    def __init__(self, values: Sequence[EnvValue], *, hyperscan: bool) -> None:
        """Prepare the pass; without `hyperscan` it is a regular expression, which finds the same."""
        slices: dict[bytes, list[_Slice]] = {}
        count = 0
        for value in values:
            kept = _unescaped(value.value.reveal)
            forms = forms_of(value.value.reveal, escaped=count < _MOST_FORMS)
            count += len(forms)
            for form in forms:
                start = next((at for each in kept if (at := form.text.find(each)) >= 0), -1)
                if start < 0:
                    start = rarest_part(form.text, _SLICE)
                piece = form.text[start : start + _SLICE]
                slices.setdefault(piece, []).append(_Slice(start, form, value))
        texts = [value.value.reveal for value in values if not value.part or not value.is_guessable]
        begins = sorted({each for text in texts[:_MOST_ASKING] if (each := _beginning(text))})
        self.beginnings = Beginnings(sure=tuple(each.decode("latin-1") for each in begins))
        asking = {piece: name for each in begins for piece, name in _asking(each)}
        self._slices = list(slices.items())
        self._asked = list(asking.values())
        self._pass = _literal_pass([*slices, *asking], hyperscan=hyperscan)

    def scan(self, text: bytes | memoryview) -> ValueHits | None:
        """Return what is found in a text; None if nothing is."""
        events = self._pass.ends(text)
        if not events:
            return None
        data = bytes(text)
        matches: set[tuple[int, int, int, int]] = set()
        triggers: dict[str, set[int]] = {}
        for number, end in events:
            if number >= len(self._slices):
                triggers.setdefault(self._asked[number - len(self._slices)], set()).add(max(0, end - _BEFORE))
            elif len(matches) < MOST_MATCHES:
                piece, found = self._slices[number]
                for which, each in enumerate(found):
                    start = end - len(piece) - each.before
                    stop = start + len(each.form.text)
                    if start >= 0 and data.startswith(each.form.text, start) and _stands_alone(data, start, stop, each):
                        matches.add((start, -stop, number, which))
        kept = list(self._longest(sorted(matches)))
        if not kept and not triggers:
            return None
        return ValueHits(kept, {name: offsets_of(sorted(triggers[name])) for name in sorted(triggers)})

    def _longest(self, matches: Sequence[tuple[int, int, int, int]]) -> Iterator[ValueMatch]:
        """Yield the matches, without those inside of others, such as the password of an address."""
        taken_to = 0
        for start, stop, number, which in matches:
            if -stop > taken_to:
                _, form, value = self._slices[number][1][which]
                yield ValueMatch(start, -stop, value, form.kind)
                taken_to = -stop


def _unescaped(value: bytes) -> tuple[bytes, ...]:
    """Return a rare slice of a value that its escaped forms have too, and the same reversed; none if there is none.

    A value with quotes has hundreds of forms: with one slice for most of them the database stays small.
    """
    run = max(_RUNS.findall(value), key=len, default=b"")
    start = rarest_part(run, _SLICE)
    piece = run[start : start + _SLICE]
    return (piece, piece[::-1]) if len(piece) == _SLICE and ordinary_rate(piece) <= _RARE else ()


def _beginning(value: bytes) -> bytes:
    """Return the beginning of a value that asks for a view; empty if that would be asked for everywhere."""
    for length in range(_BEGINNING, _LONGEST_BEGINNING + 1):
        text = value[:length]
        if len(text) == length < len(value) and ordinary_rate(text) <= _RARE:
            return text if text.isascii() and not set(b"\r\n\0").intersection(text) else b""
    return b""


def _asking(beginning: bytes) -> Iterator[tuple[bytes, str]]:
    """Yield texts that ask for a view of a piece: its beginning, or that as a list of character codes."""
    yield beginning, "js-string"
    codes = beginning[:_CODES]
    for number, between in (("%d", b","), ("%d", b", "), ("0x%x", b",")):
        yield between.join((number % each).encode() for each in codes) + b",", "js-call"


def _stands_alone(data: bytes, start: int, stop: int, found: _Slice) -> bool:
    """Return whether a value counts where it is: one that could be guessed must not be part of a word."""
    if not found.value.is_guessable or found.form.kind not in {"", "reversed"}:
        return True
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
        from frontleak.match.hyperscan_pass import HyperscanLiterals  # noqa: PLC0415 - absent on some platforms

        return HyperscanLiterals(literals)
    return RegexLiterals(literals)


class RegexLiterals:
    """The pass with `re`, for platforms without Hyperscan."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        by_beginning: dict[bytes, list[tuple[int, bytes]]] = {}
        for number, literal in enumerate(literals):
            by_beginning.setdefault(literal[:_CODES], []).append((number, literal))
        self._by_beginning = by_beginning
        self._pattern = re.compile(b"(?=(" + (b"|".join(map(re.escape, sorted(by_beginning))) or b"(?!)") + b"))")

    def ends(self, text: bytes | memoryview) -> Sequence[tuple[int, int]]:
        """See `LiteralPass`."""
        data = bytes(text)
        return [
            (number, match.start() + len(literal))
            for match in self._pattern.finditer(data)
            for number, literal in self._by_beginning[match.group(1)]
            if data.startswith(literal, match.start())
        ]
