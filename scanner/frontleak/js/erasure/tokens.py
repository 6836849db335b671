"""Tokens of JavaScript with types and JSX, read on demand, and the spans that are to be erased.

The text is bytes decoded as Latin-1: one character is one byte, so positions are byte offsets.
"""

import re
from typing import Final, NamedTuple

_BYTES_PER_STEP: Final = 64
"""Bytes of a comment or literal that cost as much as a token."""
_FREE_STEPS: Final = 2_000
"""Tokens that are read besides one for two bytes. A real file has one for about four bytes, and few are read twice."""
MOST_NESTED: Final = 120
"""Nested expressions, statements, types and elements; each takes a few frames of Python's stack."""

NAME, NUMBER, STRING, TEMPLATE, PRIVATE, SIGN, END = range(7)
"""Kinds of tokens. A template is its opening quote alone."""

_ESCAPE: Final = r"\\u(?:[\da-fA-F]{4}|\{[\da-fA-F]+\})"
_NAME: Final = rf"(?:[A-Za-z_$\x80-\xff]|{_ESCAPE})(?:[\w$\x80-\xff]|{_ESCAPE})*+"
_TRIVIA: Final = re.compile(r"(?:[ \t\r\n\f\v]++|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)++")
_TOKEN: Final = re.compile(
    rf"(?P<name>{_NAME})"
    r"|(?P<number>(?:0[xXbBoO][\da-fA-F_]++|(?:\d[\d_]*+\.?[\d_]*+|\.\d[\d_]*+)(?:[eE][+-]?[\d_]++)?)n?)"
    r"|(?P<string>\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+')"
    r"|(?P<template>`)"
    rf"|(?P<private>\#{_NAME})"
    r"|(?P<sign>\.\.\.|=>|===?|!==?|\?\.(?!\d)|\?\?=?|\*\*=?|\+\+|--|&&=?|\|\|=?|[-+*/%&|^]=|[-{}()\[\];,<>+*/%&|^!~?:=.@#])",
    re.DOTALL,
)
_KINDS: Final = {
    "name": NAME,
    "number": NUMBER,
    "string": STRING,
    "template": TEMPLATE,
    "private": PRIVATE,
    "sign": SIGN,
}
_SPACES: Final = re.compile(
    r"\xc2\xa0|\xef\xbb\xbf|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80|\xe1\x9a\x80"
)
"""UTF-8 of spaces beyond ASCII."""
_MISREAD: Final = frozenset({"as", "satisfies", "await", "interface", "abstract", "enum", "using", "accessor", "yield"})
"""Words that the grammar of TypeScript does not read as names in every place where they are."""
_CHUNK: Final = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*+", re.DOTALL)
_OPENING: Final = {"(": ")", "[": "]", "{": "}"}


class RejectedError(Exception):
    """The text is not what was tried at this place."""


class OutOfStepsError(Exception):
    """The text takes more steps, or nests deeper, than real code."""


class _State(NamedTuple):
    kind: int
    text: str
    start: int
    end: int
    newline: bool
    before: int
    depth: int
    erased: int


class TokenReader:
    """Reads one token after another, and collects what is to be erased.

    Attributes:
        kind: kind of the current token.
        text: its text.
        start: its offset.
        end: the offset behind it.
        newline: whether a line ends between the token before and this one.
        before: the offset behind the token before.
    """

    def __init__(self, text: str) -> None:
        self.source = _SPACES.sub(lambda found: " " * len(found[0]), text)
        self.kind, self.text, self.newline = END, "", False
        self.start = self.end = self.before = 0
        self.depth = 0
        self._steps = _FREE_STEPS + len(text) // 2
        self._erased: list[tuple[int, str]] = []
        if self.source.startswith("#!"):
            self.end = self.source.find("\n") if "\n" in self.source else len(self.source)

    # --- tokens ------------------------------------------------------------------------------------------------------

    def next(self) -> None:
        """Read the next token.

        Raises:
            RejectedError: there is no token.
            OutOfStepsError: too many were read.
        """
        self.before = position = self.end
        self.newline = False
        if trivia := _TRIVIA.match(self.source, position):
            position = trivia.end()
            self.newline = self.source.find("\n", self.before, position) >= 0
        found = _TOKEN.match(self.source, position)
        self.start = position
        self.end = found.end() if found is not None else position
        self._spend(self.end - self.before)
        if found is not None:
            self.kind, self.text = _KINDS[found.lastgroup or ""], found[0]
            if self.text == "/" and self.source.startswith("*", self.end):  # a comment without an end
                raise RejectedError
        elif position < len(self.source):
            raise RejectedError
        else:
            self.kind, self.text = END, ""

    def _spend(self, size: int) -> None:
        """Take the cost of a token of some bytes off the steps that are left."""
        self._steps -= 1 + size // _BYTES_PER_STEP
        if self._steps < 0:
            raise OutOfStepsError

    def skip_to(self, position: int) -> None:
        """Continue with the token that begins at an offset or behind it."""
        self._spend(position - self.end)
        self.end = position
        self.next()

    def is_sign(self, *signs: str) -> bool:
        """Return whether the current token is one of some signs."""
        return self.kind == SIGN and self.text in signs

    def is_word(self, *words: str) -> bool:
        """Return whether the current token is one of some words."""
        return self.kind == NAME and self.text in words

    def take(self, text: str) -> bool:
        """Read on when the current token has a text; return whether it had."""
        if self.text == text and self.kind in {SIGN, NAME}:
            self.next()
            return True
        return False

    def expect(self, text: str) -> None:
        """Read on behind a token.

        Raises:
            RejectedError: the current token is another.
        """
        if not self.take(text):
            raise RejectedError

    def name(self) -> None:
        """Read the name that is the current token; disguise one that the grammar may take for a keyword."""
        if self.text in _MISREAD:
            self.erase(self.start, self.end, "x" * len(self.text))
        self.next()

    def following(self) -> "_State":
        """Return the token after the current one."""
        state = self.save()
        try:
            self.next()
            return self.save()
        except RejectedError:
            return state._replace(kind=END, text="", newline=True)
        finally:
            self.restore(state)

    def save(self) -> "_State":
        """Return all that `restore` needs to come back to here."""
        return _State(
            self.kind, self.text, self.start, self.end, self.newline, self.before, self.depth, len(self._erased)
        )

    def restore(self, state: "_State") -> None:
        """Go back, and forget what was to be erased since."""
        self.kind, self.text, self.start, self.end, self.newline, self.before, self.depth, erased = state
        del self._erased[erased:]

    def deeper(self) -> None:
        """Count one more level of nesting; the caller takes it off again."""
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise OutOfStepsError

    # --- parts whose contents do not matter --------------------------------------------------------------------------

    def skip_brackets(self) -> None:
        """Read on behind the bracket that closes the current one; the contents are types."""
        closing: list[str] = []
        while True:
            if self.kind == TEMPLATE:
                self.skip_template()
                continue
            if self.kind == SIGN:
                if self.text in _OPENING:
                    closing.append(_OPENING[self.text])
                elif self.text in ")]}" and (not closing or closing.pop() != self.text):
                    raise RejectedError
            elif self.kind == END:
                raise RejectedError
            self.next()
            if not closing:
                return

    def skip_template(self) -> None:
        """Read on behind a template whose contents are types."""
        while self.chunk():
            self.skip_placeholder()

    def skip_placeholder(self) -> None:
        """Read on to the brace that closes a placeholder of a template."""
        while not self.is_sign("}"):
            if self.kind == TEMPLATE:
                self.skip_template()
            elif self.is_sign(*_OPENING):
                self.skip_brackets()
            elif self.kind == END:
                raise RejectedError
            else:
                self.next()

    def chunk(self) -> bool:
        """Read the text of a template behind the current token; stop at the first token of a placeholder, or behind it.

        Returns:
            Whether there is a placeholder. Its closing brace must be the current token when this is called again.
        """
        found = _CHUNK.match(self.source, self.end)
        position = found.end() if found else self.end
        if self.source.startswith("${", position):
            self.skip_to(position + 2)
            return True
        if not self.source.startswith("`", position):
            raise RejectedError
        self.skip_to(position + 1)
        return False

    # --- what is erased ----------------------------------------------------------------------------------------------

    def erase(self, start: int, end: int, by: str = "") -> None:
        """Put something of the same length, blanks by default, in place of a span."""
        self._erased.append((start, by.ljust(end - start)[: end - start]))

    def erase_from(self, start: int, by: str = "") -> None:
        """Erase all from an offset to the end of the token before the current one."""
        self.erase(start, self.before, by)

    def without_erased(self) -> str:
        """Return the text with everything erased that is to be."""
        parts: list[str] = []
        position = 0
        # a later span may hold earlier ones: the longest counts
        for start, by in sorted(self._erased, key=lambda span: (span[0], -len(span[1]))):
            if start < position:
                continue
            parts += (self.source[position:start], by)
            position = start + len(by)
        parts.append(self.source[position:])
        return "".join(parts)
