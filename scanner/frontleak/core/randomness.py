"""Tells random texts from those that people choose, by the pairs of letters in words and the guesses a text takes."""

import functools
import itertools
from typing import Final

from frontleak.core.lazy_regex import LazyRegex, LazyTextRegex

RANDOM: Final = 5.0
"""Bits per letter from which a text is random. Words have about 4; of 1,000 random texts of 24 letters one has less."""
UNGUESSABLE: Final = 56
"""Bits of a value that nobody finds by trying: at ten thousand million guesses a second, three months."""
_PAIRS: Final = (
    "95459759596343949343667768",
    "46563658458367459446398547",
    "38673893594489279463589989",
    "36751769397577479547589979",
    "47436579899553957334966479",
    "49784489299488389355499959",
    "49672854399464569446499998",
    "38882899399679379564699969",
    "63454559998452459543969697",
    "38652979697776367628376999",
    "47781759399685679636596878",
    "39942689298489379845569959",
    "25852999388547439958599989",
    "49433539486676479833569979",
    "66548669775442549344465898",
    "39773985497379349354599959",
    "46956997999399979596197999",
    "37552769396665379644569959",
    "58472984496578458742477869",
    "38672793399679479435597959",
    "54554759599443749333989799",
    "39791989399867679887788999",
    "38873983398794399447996899",
    "46464596497749728662589668",
    "46564769479554429733785886",
    "39961979399559399549999946",
)
"""Bits of a letter (column) after another (row) in words: of the docs, the code and package names; at most nine."""
_WORD: Final = LazyTextRegex(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_PIECE: Final = LazyTextRegex(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^A-Za-z0-9]")
_HEX: Final = LazyTextRegex(r"[0-9a-fA-F-]+")
_YEAR: Final = LazyTextRegex(r"(?:19|20)[0-9]{2}")
_ADDRESS: Final = LazyTextRegex(r"[a-z][a-z0-9+.-]{1,20}://[^/\s:@]*:(?P<password>[^/\s@]*)@")
_KEYBOARD: Final = "qwertyuiop asdfghjkl zxcvbnm qwertz azerty 1234567890 0987654321 poiuytrewq lkjhgfdsa mnbvcxz"
_CHANGE: Final = LazyRegex(rb"[0-9][A-Za-z]")
_LONG: Final = 40
_MIXED: Final = 8
"""Different pairs of a digit and a letter from which a long text is random without a closer look."""
_FIRST: Final = 5
"""Bits of the first letter of a word, and of each letter of a word of one or two."""
_DICTIONARY: Final = 12
"""Bits of a word: one of some thousand."""
_JUDGED: Final = 4096
"""Characters of a value that are judged."""


def bits_per_letter(text: str) -> float:
    """Return how unlikely the letters of a text are in words, in bits; 0 without letters. Digits only part words."""
    words = [word.group() for word in _WORD.finditer(text)]
    letters = sum(map(len, words))
    return sum(map(_word_bits, words)) / letters if letters else 0.0


def is_guessable(value: bytes) -> bool:
    """Return whether somebody who has a digest of a value may find the value by trying: it is short, or of words.

    Of an address with a password, the password counts.
    """
    if len(value) >= _LONG and b"://" not in value and _is_mixed(value):
        return False
    text = value[:_JUDGED].decode("utf-8", "replace")
    if address := _ADDRESS.search(text):
        text = address["password"]
    bits, letters, of_words = 0.0, 0, 0
    pieces: dict[str, None] = dict.fromkeys(piece.group() for piece in _PIECE.finditer(text))  # repetition adds nothing
    per_letter = 4.0 if _HEX.fullmatch(text) else 4.7
    for piece in pieces:
        if piece.isascii() and piece.isdigit():
            bits += 7 if _YEAR.fullmatch(piece) or _is_walk(piece) else 3.3 * len(piece)
        elif piece.isascii() and piece.isalpha():
            is_word = _is_walk(piece) or (len(piece) >= 4 and _word_bits(piece) < len(piece) * (RANDOM - 0.4))
            bits += min(_DICTIONARY, per_letter * len(piece)) if is_word else per_letter * len(piece)
            letters, of_words = letters + len(piece), of_words + is_word * len(piece)
        else:
            bits += 2
    return bits < UNGUESSABLE or (of_words * 4 >= letters * 3 and letters * 2 >= len(text))


def _is_mixed(value: bytes) -> bool:
    """Return whether a value has many different pairs of a digit and a letter; random ones have them at once."""
    return any(len(set(_CHANGE.findall(value, 0, reach))) >= _MIXED for reach in (2 * _LONG, _JUDGED))


@functools.lru_cache(4096)
def _word_bits(word: str) -> int:
    codes = [ord(letter) - 97 for letter in word.lower()]
    first = _FIRST * (len(word) if len(word) <= 2 else 1)
    return first + sum(int(_PAIRS[one][other]) for one, other in itertools.pairwise(codes))


def _is_walk(text: str) -> bool:
    """Return whether most of a text is a walk on the keyboard, one character repeated, or a sequence."""
    lower = text.lower()
    steps = [
        ord(b) - ord(a) in (-1, 0, 1) or lower[at : at + 2] in _KEYBOARD
        for at, (a, b) in enumerate(itertools.pairwise(lower))
    ]
    return len(steps) >= 2 and sum(steps) * 3 >= len(steps) * 2
