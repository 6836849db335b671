"""The array of strings itself: where it is, how its accessor decodes an item."""

from binascii import Error, a2b_base64
from typing import Final

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folding.lexer import bracket_end
from frontleak.decode.string_array.arithmetic import ExpressionReader, UnreadableError, Value

_FUNCTION: Final = LazyRegex(rb"function\s+([\w$]{1,60})\s*\(\)\s*\{\s*(?:const|let|var)\s+[\w$]{1,60}\s*=\s*\[")
_VARIABLE: Final = LazyRegex(rb"(?:const|let|var)\s+(_0x[0-9a-f]{4,6})\s*=\s*\[\s*(?=[\"'])")
_ACCESSOR: Final = LazyRegex(
    rb"(?:function\s+([\w$]{1,60})\s*|([\w$]{1,60})\s*=\s*function\s*)\(\s*[\w$]{1,60}\s*,\s*[\w$]{1,60}\s*\)\s*\{"
)
_OFFSET: Final = LazyRegex(rb"([\w$]{1,60})\s*=\s*\1\s*-\s*")
_HEAD: Final = 600
"""Bytes of an accessor in which it names the array and the first index."""
_LONGEST: Final = 12_000
"""Bytes of an accessor."""
_MOST_ACCESSORS: Final = 2_000
MOST_ITEMS: Final = 100_000

_STANDARD: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_SWAPPED: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/="
_FROM_SWAPPED: Final = bytes.maketrans(_SWAPPED, _STANDARD)
_ALPHABETS: Final = {
    _SWAPPED: True,
    _STANDARD: False,
    "".join(f"\\x{letter:02x}" for letter in _SWAPPED).encode(): True,
    "".join(f"\\x{letter:02x}" for letter in _STANDARD).encode(): False,
}
"""Alphabet as written -> whether small letters come first."""


class Accessor:
    """How a function reads an item of the array."""

    __slots__ = ("_is_keyed", "_states", "_swapped", "first")

    def __init__(self, first: int, body: bytes) -> None:
        """Tell the encoding from the accessor's code.

        Args:
            first: number of the first item.
            body: the code.
        """
        self.first = first
        self._swapped = next((swapped for alphabet, swapped in _ALPHABETS.items() if alphabet in body), None)
        self._is_keyed = self._swapped is not None and b"^" in body
        self._states: dict[str, list[int]] = {}

    def decoded(self, item: str, key: Value, budget: WorkBudget) -> str | None:
        """Return the text of an item; None if it cannot be decoded."""
        budget.spend(2 + len(item) // 16)
        if self._swapped is None:
            return item
        try:
            text = _from_base64(item, swapped=self._swapped)
        except (Error, ValueError):
            return None
        if not self._is_keyed:
            return text
        return self._without_key(text, key, budget) if isinstance(key, str) and key else None

    def _without_key(self, text: str, key: str, budget: WorkBudget) -> str:
        """Return a text decrypted by RC4, whose stream depends on the key alone."""
        stream = self._states.get(key)
        if stream is None or len(stream) < len(text):
            budget.spend(60 + len(text) // 4)
            stream = self._states[key] = _stream(key, max(64, len(text)))
        return "".join(chr(ord(letter) ^ byte) for letter, byte in zip(text, stream, strict=False))


class StringArray:
    """The items of an array and the functions that read them."""

    __slots__ = ("accessors", "end", "items", "name", "start")

    def __init__(self, name: str, items: list[str], start: int, end: int) -> None:
        """Keep the items and their span in the text, without brackets."""
        self.name = name
        self.items = items
        self.start = start
        self.end = end
        self.accessors: dict[str, Accessor] = {}


def string_arrays(text: bytes, start: int, end: int, budget: WorkBudget) -> list[StringArray]:
    """Return the arrays in a stretch of code that have an accessor.

    Raises:
        ExhaustedError: the budget is used up.
    """
    budget.spend((end - start) >> 8)
    found: dict[str, StringArray] = {}
    for pattern in (_FUNCTION, _VARIABLE):
        for match in pattern.finditer(text, start, end):
            reader = ExpressionReader(text, match.end(), end, budget, _unknown, _no_call)
            try:
                items = reader.items()
            except UnreadableError:
                continue
            name = match.group(1).decode()
            if items and len(items) <= MOST_ITEMS and name not in found:
                found[name] = StringArray(name, items, match.end(), reader.at - 1)
    if found:
        _add_accessors(text, start, end, found, budget)
    return [array for array in found.values() if array.accessors]


def _add_accessors(text: bytes, start: int, end: int, arrays: dict[str, StringArray], budget: WorkBudget) -> None:
    for number, match in enumerate(_ACCESSOR.finditer(text, start, end)):
        budget.spend(4)
        head = text[match.end() : min(end, match.end() + _HEAD)]
        array = next((array for name, array in arrays.items() if _names(head, name.encode())), None)
        offset = _OFFSET.search(head) if array else None
        if number > _MOST_ACCESSORS or array is None or offset is None:
            continue
        reader = ExpressionReader(text, match.end() + offset.end(), end, budget, _unknown, _no_call)
        try:
            first = reader.sum()
        except UnreadableError:
            continue
        closing = bracket_end(text, match.end() - 1, min(end, match.end() + _LONGEST), budget)
        body = text[match.end() : closing if closing > 0 else min(end, match.end() + _LONGEST)]
        name = (match.group(1) or match.group(2)).decode()
        if isinstance(first, int) and name not in array.accessors:
            array.accessors[name] = Accessor(first, body)


def _names(head: bytes, name: bytes) -> bool:
    return (
        b"=" + name + b"()" in head
        or b"=" + name + b"[" in head
        or b"= " + name + b"()" in head
        or b"= " + name + b"[" in head
    )


def _unknown(_: str) -> Value:
    return None


def _no_call(_: str, __: object) -> Value:
    raise UnreadableError


def _from_base64(item: str, *, swapped: bool) -> str:
    letters = item.encode("ascii").rstrip(b"=")
    if swapped:
        letters = letters.translate(_FROM_SWAPPED)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return a2b_base64(letters + b"=" * (-len(letters) % 4)).decode("utf-8")


def _stream(key: str, length: int) -> list[int]:
    """Return bytes of RC4's key stream."""
    codes = [ord(letter) for letter in key]
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + codes[i % len(codes)]) % 256
        box[i], box[j] = box[j], box[i]
    made = []
    i = j = 0
    for _ in range(length):
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        made.append(box[(box[i] + box[j]) % 256])
    return made
