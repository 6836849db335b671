"""Decoder for strings that statements put together: `t = "…"; t += "…"; t += x`, `p.push("…")`, `p[1] = "…"`."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folding import builtins
from frontleak.decode.interface import Piece, SpanMap, View
from frontleak.decode.kit import Run, Window, runs
from frontleak.decode.string_array.arithmetic import ExpressionReader, UnreadableError, Value
from frontleak.decode.unescaped import Rewritten
from frontleak.js.escapes import ESCAPE, read_escape, whole_escapes

_NAME: Final = rb"(?:this\.)?[A-Za-z_$][\w$]{0,60}(?:\.[A-Za-z_$][\w$]{0,60}|\[[\"'][\w$]{1,40}[\"']\]){0,3}"
_SIGN: Final = LazyRegex(
    rb"(?:\+=\s{0,8}|\.(?:push|unshift)\(\s{0,8}|\[(?:\d{1,3}|[\w$.]{1,60}\.length)\]\s{0,8}=\s{0,8})"
    rb"[\"'`]([A-Za-z0-9_\-.+/=]{4,400})[\"'`]"
)
"""The sign of a statement that adds a piece; its group is the piece."""
_NAMED: Final = LazyRegex(rb"(?<![\w$.])(" + _NAME + rb")\s{0,8}\Z")
"""The name before a sign."""
_ESCAPED: Final = LazyRegex(rb"\+=\s?\\{1,3}[\"'`](?=[A-Za-z_\-.+/=]{0,60}\d)[A-Za-z0-9_\-.+/=]{16,400}\\{1,3}[\"'`]")
"""A piece in code that is in a string."""
_USE: Final = LazyRegex(
    rb"([\w$\-]{2,40}[\"']?\s{0,4}[:=]\s{0,4})(?:[\"'`](?:Bearer|Basic|Token) [\"'`]\s{0,4}\+\s{0,4})?\Z"
)
_CONSTANT: Final = rb"(?<![\w$.])%s\s{0,8}=\s{0,8}(?:'([^'\\\n]{1,400})'|\"([^\"\\\n]{1,400})\"|`([^`\\$]{1,400})`)"
_EITHER: Final = LazyRegex(rb"[\w$.]{1,60}\s?(?:\|\||\?\?)\s?(?=[\"'`])")
"""A value and the sign after it, before the text that is taken without the value."""
_FUNCTIONS: Final = {"atob": "atob", "unescape": "unescape", "decodeURIComponent": "decodeURIComponent"}
_SECRET: Final = LazyRegex(rb"(?=\S{0,300}\d)[A-Za-z0-9_\-+/=.]{16,}")
_LONGEST_NAME: Final = 120
_BEFORE_SIGN: Final = 270
"""Bytes before a sign in which its name begins: more than `_NAME` matches."""
_STEP: Final = 300
"""Bytes between two statements of a chain, at most."""
_BEFORE: Final = 1_500
_CONSTANTS: Final = 4_000
"""Bytes before a trigger in which a chain begins (`_BEFORE`), and in which a constant is looked up."""
_AFTER: Final = 4_000
"""Bytes decoded after a piece in a string."""
_MOST_STEPS: Final = 400
_MOST_LOOKUPS: Final = 8
_MOST_TEXT: Final = 20_000
_LONGEST: Final = 2_000


class _Chain:
    """What the statements about one name make of it, in the order of the text."""

    __slots__ = (
        "_budget",
        "_items",
        "_lookups",
        "_name",
        "_text",
        "end",
        "is_broken",
        "is_list",
        "start",
        "steps",
        "value",
    )

    def __init__(self, text: bytes, name: bytes, budget: WorkBudget) -> None:
        self._text = text
        self._name = name
        self._budget = budget
        self._items: dict[int, str] = {}
        self._lookups = 0
        self.value = ""
        self.start = self.end = -1
        self.steps = 0
        self.is_broken = self.is_list = False

    def apply(self, match: "re.Match[bytes]") -> None:
        """Apply one statement; one that cannot be read ends the string so far."""
        self._budget.spend(3)
        reader = ExpressionReader(
            self._text,
            match.end(),
            min(len(self._text), match.end() + _LONGEST),
            self._budget,
            self._named,
            self._called,
        )
        sign = match.group(1)
        try:
            values = self._read(reader, sign)
        except UnreadableError:
            values = [None]
            self.is_broken = True
        text = "".join(value for value in values if isinstance(value, str))
        self.end = reader.at
        if not text and sign != b"=":
            return
        self.is_list = sign[:1] in (b".", b"[")
        if sign == b"=" or sign.startswith(b"[0]"):
            self.start, self.steps, self.value = match.start(), 0, text[:_MOST_TEXT]
            self._items.clear()
        elif len(self.value) < _MOST_TEXT:
            if self.start < 0:
                self.start = match.start()
            self.value = text + self.value if sign == b".unshift(" else self.value + text
            self.steps += 1
        if sign == b"=" and self._refers(match.end(), reader.at):
            self.steps = 1

    def _read(self, reader: ExpressionReader, sign: bytes) -> Sequence[Value]:
        """Return what a statement adds or sets: texts, also those of the list that a name begins with."""
        if sign.endswith(b"("):
            return reader.arguments()
        if sign == b"=":
            if self._text.startswith(b"[", reader.at):
                reader.at += 1
                return reader.items()
            if either := _EITHER.match(self._text, reader.at):
                reader.at = either.end()
        return [reader.sum()]

    def _refers(self, start: int, end: int) -> bool:
        return self._name in self._text[start:end]

    def _named(self, name: str) -> Value:
        if name.encode() == self._name:
            return self.value
        self._lookups += 1
        if self._lookups > _MOST_LOOKUPS or "." in name:
            return None
        self._budget.spend(30)
        form = re.compile(_CONSTANT % re.escape(name.encode()))
        low = max(0, self.end - _CONSTANTS if self.end > 0 else self.start - _CONSTANTS)
        found = list(form.finditer(self._text, low, min(len(self._text), low + 2 * _CONSTANTS)))
        return next(group for group in found[-1].groups() if group).decode("utf-8", "replace") if found else None

    def _called(self, name: str, arguments: Sequence[Value]) -> Value:
        if name not in _FUNCTIONS or not all(isinstance(argument, str) for argument in arguments):
            return None
        made = builtins.call(name, arguments)
        return made if isinstance(made, str) else None


@lru_cache(256)
def _statements(name: bytes) -> "re.Pattern[bytes]":
    """Return an expression for the statements about a name; its group is the sign."""
    return re.compile(
        rb"(?<![\w$.])" + re.escape(name) + rb"(?:\s?:\s?string)?\s{0,8}"
        rb"(\+=|=(?![=>])|\.(?:push|unshift)\(|\[(?:\d{1,3}|[\w$.]{1,60}\.length)\]\s{0,8}=(?!=))\s{0,8}"
    )


def _read(text: bytes, window: Window) -> Run | None:
    addition = _first_addition(text, window)
    if addition is None:
        return _in_string(text, window)
    first, sign = addition
    if not any(48 <= letter < 58 for letter in sign.group(1)):
        return None
    name = first.group(1)
    window.budget.spend(20)
    form = _statements(name)
    chain = _Chain(text, name, window.budget)
    before = list(form.finditer(text, max(window.floor, first.start() - _BEFORE), first.start()))[-_MOST_STEPS:]
    begin = next((at for at in range(len(before) - 1, -1, -1) if before[at].group(1) == b"="), len(before))
    for match in before[begin:]:
        chain.apply(match)
    chain.is_broken = False  # a list begins with `[]`, which is no text
    following = form.match(text, first.start())
    for _ in range(_MOST_STEPS):
        if following is None or (following.group(1) == b"=" and not _goes_on(text, following.end(), name)):
            break
        chain.apply(following)
        if chain.is_broken:
            break
        at = max(chain.end, following.end())
        following = form.search(text, at, min(len(text), at + _STEP))
    end = max(chain.end, sign.end())
    secret = _SECRET.search(chain.value.encode("utf-8", "replace"))
    if (
        chain.steps < 1
        or chain.start < 0
        or secret is None
        or (chain.is_list and secret.group().lower() == secret.group())
    ):
        return Run(end)
    return Run(end, _view(text, name, chain, end))


def _first_addition(text: bytes, window: Window) -> "tuple[re.Match[bytes], re.Match[bytes]] | None":
    """Return the name, and the sign and piece, of the first statement in a window; it may begin before it."""
    low = max(window.floor, window.start - _LONGEST_NAME)
    for sign in _SIGN.finditer(text, low, min(len(text), window.stop + _LONGEST)):
        if sign.start() >= window.stop + _BEFORE_SIGN:
            break
        if sign.end() > window.start and (
            name := _NAMED.search(text, max(low, sign.start() - _BEFORE_SIGN), sign.start())
        ):
            return (name, sign) if name.start() < window.stop else None
    return None


def _in_string(text: bytes, window: Window) -> Run | None:
    """Return the code around a piece in a string, unescaped: its statements are read in that view."""
    found = _ESCAPED.search(text, window.start, min(len(text), window.stop + _LONGEST))
    if found is None or found.start() >= window.stop:
        return None
    start, end = whole_escapes(text, max(window.floor, found.start() - _BEFORE), min(len(text), found.end() + _AFTER))
    window.budget.spend(50 + (end - start) // 4)
    rewritten = Rewritten(text, [(start, end)], ESCAPE, read_escape)
    return Run(end, View(kind="escapes", text=rewritten.text, spans=rewritten.spans))


def _goes_on(text: bytes, at: int, name: bytes) -> bool:
    """Return whether an assignment begins with the name itself: `t = t + "…"`."""
    return text[at : at + len(name) + 3].lstrip(b"`${ ").startswith(name)


def _view(text: bytes, name: bytes, chain: _Chain, end: int) -> View:
    """Return the value as a literal of the key that it is used for, or of its name."""
    key = name + b"="
    use = text.find(name, end, end + 2 * _STEP)
    if use >= 0 and (found := _USE.search(text, max(end, use - 60), use)):
        key = found.group(1)
    made = key + b'"' + chain.value.encode("utf-8", "replace") + b'"'
    cut = len(made) // 2  # two pieces: one as long as its origin would map byte by byte
    pieces = (Piece(0, chain.start, end), Piece(cut, chain.start, end))
    return View(kind="js-string", text=made, spans=SpanMap(pieces, len(made)))


decode: Final = runs(_read)
