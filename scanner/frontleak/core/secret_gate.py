"""The last gate before a report: masks runs of a secret in every encoding.

A text is decoded in every way that code encodes secrets, and the result is looked up in tables of pieces of the
secrets. So the cost is linear in the texts and in the secrets.
"""

import re
import string
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from frontleak.core.lazy_regex import LazyTextRegex

RUN: Final = 12
"""Length of a run of a secret, in characters, that no report shows."""
_LEAST: Final = 6
"""Length of the shortest masked secret. A secret shorter than a run is masked only as a whole."""
_STEP: Final = RUN - _LEAST + 1
"""Distance between samples: every run contains one."""
_ESCAPE: Final = LazyTextRegex(
    r"(?<!\\)\\++(?:x(?P<x>[0-9a-fA-F]{2})|u\{?0{0,4}(?P<u>[0-9a-fA-F]{2,4})\}?|(?P<o>[0-3]?[0-7]{2}))"
    r"|%(?P<p>[0-9a-fA-F]{2})|&\#0{0,6}(?P<d>[0-9]{2,4});?|&\#[xX]0{0,6}(?P<h>[0-9a-fA-F]{2,4});?"
)
_BASES: Final = {"x": 16, "u": 16, "o": 8, "p": 16, "d": 10, "h": 16}
_CODES: Final = LazyTextRegex(r"(?:0[xX])?[0-9a-fA-F]{2,4}(?:[\s,;]{1,4}(?:0[xX])?[0-9a-fA-F]{2,4}){5,}+")
_CODE: Final = LazyTextRegex(r"(?P<hex>0[xX])?(?P<code>[0-9a-fA-F]{2,4})")
_HEX: Final = LazyTextRegex(rf"[0-9a-fA-F]{{{2 * _LEAST},}}+")
_BASE64: Final = LazyTextRegex(r"[A-Za-z0-9+/_-]{8,}+")
_MAY_BE_ENCODED: Final = LazyTextRegex(r"[\\%]|&\#|[A-Za-z0-9+/_-]{8}|[0-9a-fA-F]{2}[\s,;]")
"""Part of every text in which one of the expressions above matches."""
_USUAL: Final = (string.ascii_letters + string.digits + "_-").encode()
"""Characters that nearly all secrets are made of."""
_USUAL_PARTS: Final = LazyTextRegex(rf"[A-Za-z0-9_-]{{{_LEAST},}}+")
_MOST_KNOWN: Final = 4096
"""Texts whose masked form is remembered."""
_TO_STANDARD: Final = str.maketrans("-_", "+/")
"""From the alphabet of base64url to that of base64."""
_Samples = dict[str, int | list[int]]
"""Sample of `_LEAST` characters, one every `_STEP` -> index of the value that has it.

Of several values it is a list of those whose runs are not in `_runs` yet.
"""


class _Decoded(NamedTuple):
    """A decoded text, with the span of each character in the original."""

    text: str
    spans: Collection[tuple[int, int]] | None
    """None if nothing was decoded: character n is character n of the original."""


class SecretGate:
    """Masks the secrets of one blob in texts about it."""

    def __init__(self, secrets: Iterable[tuple[bytes, int]]) -> None:
        """Take secrets as (value, length of the prefix that all secrets of its kind share); the prefix may be shown."""
        self._secrets = list(secrets)
        self._values: list[str] = []
        self._samples: _Samples | None = None
        self._parts = _parts_of(())
        self._added: set[int] = set()
        """Indexes of the values whose runs are in `_runs`."""
        self._least = RUN
        """Length of the shortest secret, at most that of a run."""
        self._runs: set[str] = set()
        self._wholes: dict[int, set[str]] = {}
        self._masked: dict[str, str] = {}

    def mask(self, text: str) -> str:
        """Return a text with every run of twelve characters of a secret, plain or encoded, replaced by `…`.

        The text between two `…` is looked up once: the texts of one blob are much alike.
        """
        if not self._secrets:
            return text
        return "…".join(part if len(part) < _LEAST else self._known(part) for part in text.split("…"))

    def _known(self, text: str) -> str:
        masked = self._masked.get(text)
        if masked is None:
            if len(self._masked) >= _MOST_KNOWN:
                self._masked.clear()
            masked = self._masked[text] = self._mask(text)
        return masked

    def _mask(self, text: str) -> str:
        samples = self._samples if self._samples is not None else self._prepare()
        if not _MAY_BE_ENCODED.search(text) and not any(_has_sample(part, samples) for part in self._parts(text)):
            return text
        found = sorted({span for decoded in _decodings(text, self._least) for span in self._spans(decoded, samples)})
        pieces: list[str] = []
        position = 0
        for start, end in found:
            if start > position or not pieces:
                pieces += [text[position:start], "…"]
            position = max(position, end)
        return "".join((*pieces, text[position:]))

    def _spans(self, decoded: _Decoded, samples: _Samples) -> Iterator[tuple[int, int]]:
        text, length = decoded.text, len(decoded.text)
        spans = None if decoded.spans is None else list(decoded.spans)
        for value, is_reversed in ((text, False), (text[::-1], True)):
            for start, stop in self._found(value, samples):
                first, last = (length - stop, length - start - 1) if is_reversed else (start, stop - 1)
                yield (spans[first][0], spans[last][1]) if spans else (first, last + 1)

    def _found(self, text: str, samples: _Samples) -> Iterator[tuple[int, int]]:
        """Yield the spans of runs of a secret, and of whole short secrets, in a decoded text."""
        hits = [at for at in range(len(text) - _LEAST + 1) if text[at : at + _LEAST] in samples]
        for at in hits:
            of_sample = samples[text[at : at + _LEAST]]
            if isinstance(of_sample, int):
                self._add(of_sample)
                continue
            while of_sample:
                self._add(of_sample.pop())
        for at in hits:
            for size, wholes in self._wholes.items():
                if text[at : at + size] in wholes:
                    yield at, at + size
            for start in range(max(0, at - RUN + _LEAST), min(at, len(text) - RUN) + 1):
                if text[start : start + RUN] in self._runs:
                    yield start, start + RUN

    def _prepare(self) -> _Samples:
        values = {part for value, prefix in self._secrets for part in _variable_parts(value, prefix)}
        self._values = sorted(value for value in values if len(value) >= _LEAST)
        self._least = min(RUN, *map(len, self._values)) if self._values else RUN
        samples: _Samples = {}
        for number, value in enumerate(self._values):
            for piece in _pieces(value):
                earlier = samples.setdefault(piece, number)
                if isinstance(earlier, list):
                    earlier.append(number)
                elif earlier != number:
                    samples[piece] = [earlier, number]
        self._samples = samples
        self._parts = _parts_of(self._values)
        return samples

    def _add(self, number: int) -> None:
        if number in self._added:
            return
        self._added.add(number)
        value = self._values[number]
        if len(value) < RUN:
            self._wholes.setdefault(len(value), set()).add(value)
        else:
            self._runs.update(value[at : at + RUN] for at in range(len(value) - RUN + 1))


def _has_sample(text: str, samples: _Samples) -> bool:
    """Return whether a text, read in either direction, has a sample of a secret."""
    starts = range(len(text) - _LEAST + 1)
    known, backwards = samples.keys(), text[::-1]
    return not (
        known.isdisjoint([text[at : at + _LEAST] for at in starts])
        and known.isdisjoint([backwards[at : at + _LEAST] for at in starts])
    )


def _parts_of(values: Sequence[str]) -> Callable[[str], list[str]]:
    """Return a function: text -> its parts of at least six characters that occur in the values."""
    others = "".join(values).encode("utf-8", "replace").translate(None, _USUAL)
    if not others:
        return _USUAL_PARTS.findall
    return re.compile(f"[{re.escape(_USUAL.decode() + ''.join(sorted(set(others.decode()))))}]{{{_LEAST},}}+").findall


def _pieces(value: str) -> Iterator[str]:
    return (value[at : at + _LEAST] for at in range(0, len(value) - _LEAST + 1 if len(value) >= RUN else 1, _STEP))


def mask_runs(text: str, secrets: Collection[bytes]) -> str:
    """Mask runs of twelve characters of some secrets, which have no public prefix, in a text."""
    return SecretGate((secret, 0) for secret in secrets).mask(text)


def _variable_parts(value: bytes, prefix: int) -> Iterator[str]:
    """Yield the secret part of a value as UTF-8 text, and as Latin-1 text if that differs."""
    yield value[prefix:].decode("utf-8", "replace")
    if not value.isascii():
        yield value[prefix:].decode("latin-1")


def _decodings(text: str, least: int) -> Iterator[_Decoded]:
    """Yield a text unchanged, and each part of at least `least` characters decoded in every way that fits."""
    yield _Decoded(text, None)
    if _ESCAPE.search(text):
        yield _unescaped(text)
    for codes in _CODES.finditer(text):
        numbers = [*_CODE.finditer(text, *codes.span())]
        for base in (10, 16):
            yield _Decoded(
                "".join(_char(number["code"], 16 if number["hex"] else base) for number in numbers),
                [number.span() for number in numbers],
            )
    for digits in _HEX.finditer(text):
        for shift in (0, 1):
            start, pairs = digits.start() + shift, (len(digits.group()) - shift) // 2
            raw = bytes.fromhex(text[start : start + 2 * pairs])
            yield _Decoded(raw.decode("latin-1"), [(start + 2 * at, start + 2 * at + 2) for at in range(pairs)])
    for run in _BASE64.finditer(text):
        for shift in range(4 if len(run.group()) * 3 >= least * 4 else 0):
            yield _from_base64(run.group()[shift:], run.start() + shift)


def _unescaped(text: str) -> _Decoded:
    chars: list[str] = []
    spans: list[tuple[int, int]] = []
    position = 0
    for escape in _ESCAPE.finditer(text):
        chars += text[position : escape.start()]
        spans += ((at, at + 1) for at in range(position, escape.start()))
        kind = escape.lastgroup or "x"
        chars.append(_char(escape[kind], _BASES[kind]))
        spans.append(escape.span())
        position = escape.end()
    spans += ((at, at + 1) for at in range(position, len(text)))
    return _Decoded("".join((*chars, text[position:])), spans)


def _from_base64(run: str, start: int) -> _Decoded:
    import binascii  # noqa: PLC0415 - most texts have no run that is long enough

    padded = run.translate(_TO_STANDARD) + "A" * (-len(run) % 4)
    raw = binascii.a2b_base64(padded)[: len(run) * 6 // 8]
    return _Decoded(
        raw.decode("latin-1"), [(start + at * 8 // 6, start + (at * 8 + 7) // 6 + 1) for at in range(len(raw))]
    )


def _char(digits: str, base: int) -> str:
    try:
        return chr(int(digits, base))
    except ValueError:  # letters in a decimal number
        return "\0"
