"""Decides which values a report shows in full: facts, commands, reasons.

They are meant to be read, but they come from scanned text, or from a rule that captured more than its author meant.
"""

import functools
from typing import Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.names import LONGEST_NAME, is_name
from frontleak.core.randomness import RANDOM, bits_per_letter
from frontleak.core.secret import printable

SHORT: Final = 12
"""Fewest characters of a value that is judged: a shorter one holds no run of a secret."""
_MOST_KNOWN: Final = 4096
_MOST_DIGITS: Final = 8
"""Digits of a value without words, such as a date."""
_FEWEST_LETTERS: Final = 6
"""Fewest letters that can be told from random ones."""
_BETWEEN: Final = LazyTextRegex(r"[\s/@~:.,;()_+#-]+")
"""What may stand between words."""
_PART: Final = LazyTextRegex(rf"(?P<word>[A-Za-z]*)(?:[0-9]{{0,4}}|(?<![A-Za-z])[0-9]{{0,{_MOST_DIGITS}}})")
_LONG_WORD: Final = LazyTextRegex(r"[A-Z]?[a-z]{6,}+|[A-Z]{7,}+(?![a-z])")
_NAME_PART: Final = LazyTextRegex(rf"(?=(?:[A-Za-z]*[0-9]){{0,4}}[A-Za-z]*\Z)[A-Za-z0-9]{{0,{SHORT - 1}}}")
"""A part of the name of a variable between underscores: too short for a run of a secret, with four digits at most."""
_MARGIN: Final = 0.6
"""Bits per letter by which a long word must be likelier than random letters: of 1,000 random phrases, one is."""
_RUN_MARGIN: Final = 0.8
"""The same for a run of letters that is long enough to hold one of a secret; names in code have more than 1.1."""
_LONG_PART: Final = LazyTextRegex(rf"\S{{{SHORT},}}")


_PHRASE: Final = LazyTextRegex(r"(?:[a-z]{3,8}\s+){4,}[a-z]{3,8}\b|\A\s*(?:[a-z]{3,8}\s+){3,}[a-z]{1,8}\s*\Z")
"""Words of the length that the phrase of a wallet has, one after another; a command has options or few words."""


def shown_value(text: str) -> str:
    """Return a value if it is short or made of words, else its length: `…(40 characters)`.

    Numbers of up to eight digits count as words: dates, versions. The words of a wallet's phrase are not shown.
    """
    if len(text) < SHORT or (len(text) <= LONGEST_NAME and _is_worded(text) and not _PHRASE.search(text)):
        return printable(text)
    return f"…({len(text)} characters)"


def shown_name(text: str) -> str:
    """Return the name of a variable if it is written as one, such as `E2E_SFTP_TOKEN`, else what `shown_value` returns.

    An env file can set names that are none: a line of a key in base64 may be read as one.
    """
    parts = text.split("_")
    is_name = (
        len(text) <= LONGEST_NAME
        and (text.isupper() or text.islower())
        and sum(map(str.isdigit, text)) <= _MOST_DIGITS
        and all(_NAME_PART.fullmatch(part) or (part.isalpha() and _is_worded(part)) for part in parts)
    )
    return text if is_name else shown_value(text)


def shown_prose(text: str) -> str:
    """Return a sentence with each long part that is not made of words replaced by its length."""
    return _LONG_PART.sub(lambda part: shown_value(part.group()), text)


@functools.lru_cache(_MOST_KNOWN)
def _is_worded(text: str) -> bool:
    parts = [_PART.fullmatch(part) for part in _BETWEEN.sub(" ", text).split()]
    words = [part["word"] for part in parts if part is not None and part["word"]]
    digits, letters = sum(map(str.isdigit, text)), sum(map(len, words))
    if None in parts or digits > max(_MOST_DIGITS, letters):
        return False
    if letters < _FEWEST_LETTERS:
        return not words
    long = (word.group() for word in _LONG_WORD.finditer(text))
    return (
        is_name(".".join(words))
        and all(bits_per_letter(word) < RANDOM - _MARGIN for word in long)
        and all(bits_per_letter(word) < RANDOM - _RUN_MARGIN for word in words if len(word) >= SHORT)
    )
