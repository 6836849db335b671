"""Short pieces by which a pass finds the forms of a known value: each form has at least one of them.

A piece is sought in what several forms share: letters and digits, which no form escapes, digits of a hexadecimal form,
whose case does not matter, characters in both byte orders. So a value with hundreds of forms needs few pieces, and its
forms need not be made unless a text has one of these.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from frontleak.match.value_forms import LEAST_ENCODED, byte_forms, forms_of, wide_forms
from frontleak.rules.byte_frequencies import ordinary_rate, rarest_part

LONGEST: Final = 8
"""Bytes of a piece, unless the form is shorter."""
SHORTEST_KEPT: Final = 6
"""Bytes of a run of letters and digits by which all forms that escape characters are found. Of letters alone, which may
be a word, eight are needed."""
RARE: Final = 1e-7
"""Limit for the occurrences of such a piece per byte of ordinary code."""
_PART: Final = 60
"""Bytes of a value in which pieces are sought; a multiple of 3."""
_MOST_RUNS: Final = 100
"""Runs of a value that are compared."""
_UNESCAPED: Final = re.compile(rb"[A-Za-z0-9_]{%d,}" % SHORTEST_KEPT)
_LETTERS: Final = re.compile(rb"[A-Za-z0-9]+")
_DIGITS: Final = re.compile(rb"[0-9]+")
_WIDE: Final = re.compile(rb"(?:[!-~]\x00)*[!-~]")


def pieces_of(value: bytes, *, escaped: bool = True) -> tuple[tuple[bytes, ...], int]:
    """Return the pieces of a value, each once, and how many forms were made to find them.

    Args:
        value: its bytes.
        escaped: as for `forms_of`.
    """
    kept = _kept(value)
    if not kept:
        forms = [form.text for form in forms_of(value, escaped=escaped)]
        return tuple(_covering(forms, _UNESCAPED)), len(forms)
    part = value[:_PART]
    base64, hexadecimal = byte_forms(part)
    groups = (*((each, _LETTERS) for each in base64), (hexadecimal, _DIGITS), (wide_forms(part), _WIDE))
    encoded = (
        piece
        for forms, shared in groups
        for piece in _covering((each for each in forms if len(each) >= LEAST_ENCODED), shared)
    )
    return tuple(dict.fromkeys((*kept, *encoded))), 0


def _kept(value: bytes) -> tuple[bytes, ...]:
    """Return a rare piece of a value that its escaped forms have too, and the same reversed; none if there is none."""
    pieces = {_rarest(run.group()[:_PART]) for run in islice(_UNESCAPED.finditer(value), _MOST_RUNS)}
    ratings = ((ordinary_rate(piece), piece) for piece in pieces if len(piece) == LONGEST or not piece.isalpha())
    rate, piece = min(ratings, default=(1.0, b""))
    return (piece, piece[::-1]) if rate <= RARE else ()


def _rarest(text: bytes) -> bytes:
    start = rarest_part(text, LONGEST)
    return text[start : start + LONGEST]


def _covering(forms: Iterable[bytes], shared: "re.Pattern[bytes]") -> Iterator[bytes]:
    """Yield pieces, of which each form has at least one, if possible from a run of what the forms share."""
    found: list[bytes] = []
    for form in forms:
        if any(piece in form for piece in found):
            continue
        run = max(shared.findall(form), key=len, default=b"")
        if len(run) < LONGEST:
            run = form
        found.append(_rarest(run))
        yield found[-1]
