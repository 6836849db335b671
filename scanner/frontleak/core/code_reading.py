"""Finds the values in a piece of code: contents of literals, comments, numbers, bare values.

A lexer of one pass for the excerpt around a finding. It knows just enough of JavaScript, markup and settings to tell
literals from the code between them, and it notices when a text does not read like code: then it may have taken the end
of a literal for its beginning.
"""

import re
from collections.abc import Callable, Mapping
from typing import ClassVar, Final

from frontleak.core.code_tokens import (
    AFTER_A_LITERAL,
    ATTRIBUTE_FOLLOWS,
    ATTRIBUTE_VALUE,
    BARE_RUN,
    BEFORE_A_LITERAL,
    BEFORE_AN_EXPRESSION,
    BLANKS,
    COMMENTS,
    DIRECTIVE,
    EDGE,
    ELEMENT_TEXT,
    ENVIRONMENT,
    EXPORTING,
    KEY_FOLLOWS,
    KEYWORDS,
    MARK_FOLLOWS,
    MARKUP_TEXT,
    PARTS,
    PHRASE,
    PLAIN_LITERAL,
    PLAIN_VALUE,
    RAW,
    REGEX,
    ROOTS,
    SECTION,
    SETTING_WORDS,
    SHORT,
    VALUE,
    VARIABLE,
    Style,
    end_of,
    tokens_of,
)
from frontleak.core.names import is_module_specifier, is_name, is_plain_name
from frontleak.core.randomness import RANDOM, bits_per_letter
from frontleak.core.spans import Span, joined

_LONG_PARTS: Final = 4
"""Letters and digits on average between the signs of base64: minified names have fewer."""
_BEFORE_AN_OPERAND: Final = "!~@#"
"""Signs that stand before an operand, never between two."""

Handlers = Mapping[str, Callable[["CodeReading", re.Match[str]], int | None]]


class CodeReading:
    """Reads pieces of text in turn and keeps the lexical state at the end of the last one."""

    def __init__(self, style: Style, level: str = RAW, *, state: str = "", is_cut: bool = False) -> None:
        r"""Set the state before the first piece.

        Args:
            style: what is shown outside of literals.
            level: which quotes count.
            state: what the text begins in: the quote that began a literal, `/*` in a comment, or nothing.
            is_cut: whether the line begins before the text.
        """
        self.state = state
        """The open quote or comment start; empty in code."""
        self.is_plausible = True
        """Whether every literal began and ended where code allows one."""
        self.opened = -1
        """Offset of the open literal; -1 if it began before the text."""
        self.is_cut_after = False
        """Whether the line continues after the next text."""
        self._style = style
        self._is_text = style in {Style.MARKUP, Style.SETTINGS}
        self._level = level
        self._is_cut = is_cut
        self._tokens = tokens_of(style, level)
        self._values = VALUE if style is Style.SETTINGS else ATTRIBUTE_VALUE
        self._before = EDGE if is_cut else ""
        self._word = ""
        self._callee = ""
        self._is_key = False
        self._is_value = False
        self._has_tag = False
        self._is_in_tag = False
        self._before_literal = ("", "", "")
        self._templates: list[int] = []
        self._braces = 0
        self._text = ""
        self._spans: list[Span] = []
        self._closed = False
        self._handlers = self._IN_TEXT if self._is_text else self._IN_CODE

    def read(self, text: str) -> list[Span]:
        """Return the spans of values in a text, in order; stop where the text is not plausible as code."""
        self._text, self._spans, self.opened = text, [], -1
        if self._style is Style.SETTINGS and self._before == "" and (section := SECTION.fullmatch(text)):
            return [] if is_name(section["name"]) else [section.span("name")]
        position = 0
        while position < len(text) and self.is_plausible:
            position = self._inside(position) if self.state else self._outside(position)
        if self._style is Style.CODE and (bare := [run.span() for run in BARE_RUN.finditer(text) if _is_random(run)]):
            return joined([*self._spans, *bare])
        return self._spans

    def pass_secret(self) -> None:
        """Skip the reported secret, which follows the last text."""
        if not self.state:
            self.is_plausible &= not self._closed
            self._before, self._word, self._is_value, self._is_cut = "v", "", True, False

    def close(self) -> None:
        """Skip the end of a literal."""
        self._before, self._word, self._closed, self.state = '"', "", True, ""

    # literals and comments

    def _inside(self, position: int) -> int:
        text, state = self._text, self.state
        if state in COMMENTS:
            end = text.find(COMMENTS[state], position) if COMMENTS[state] else -1
            start = BLANKS.match(text, position)
            self._hide(start.end() if start else position, end if end >= 0 else len(text))
            if end >= 0:
                self.state, self._before = "", ""
            return end + len(COMMENTS[state]) if end >= 0 else len(text)
        ends = end_of(state, self._level)
        match = ends.search(text, position) if self._level else ends.match(text, position)
        if match is None:
            if self.opened < 0 or not PLAIN_LITERAL.fullmatch(text, position):  # `Bearer ` before the secret is shown
                self._hide(position, len(text))
            return len(text)
        end, after = match.span("end")
        if match["end"] == "${":
            if not PLAIN_LITERAL.fullmatch(text, position, end):
                self._hide(position, end)
            self._templates.append(self._braces)
            self._braces, self.state = 0, ""
            self._before, self._word = "{", ""
            return after
        if not self._is_shown(text[position:end], text[after : after + 40]):
            self._hide(position, end)
        self.close()
        self.opened = -1
        if not AFTER_A_LITERAL.match(text, after):
            self.is_plausible = False
        return after

    def _is_shown(self, content: str, after: str) -> bool:
        """Return whether a literal is not a value: a key, a module name, or one of a few words."""
        if self.opened < 0:
            return False
        if not content or PLAIN_LITERAL.fullmatch(content):
            return True
        before, word, callee = self._before_literal
        if before in {"{", ",", ""} and not word and KEY_FOLLOWS.match(after):
            return is_plain_name(content)
        if word in {"from", "import"} or (before == "(" and callee in {"require", "import"}):
            return not self._is_text and is_module_specifier(content)
        named = self._style is Style.CODE and "_" in content
        return (
            (named or (before == "[" and callee == "env"))
            and VARIABLE.fullmatch(content) is not None
            and is_name(content.rstrip("_"))
        )

    def _quote(self, match: re.Match[str]) -> None:
        before, word = self._before, self._word
        spaced = self._is_text and self._text[match.start() - 1 : match.start()].isspace()
        tagged = match.group() == "`" and (word or before in {")", "]"})
        if not (before in BEFORE_A_LITERAL or word in KEYWORDS or spaced or tagged or self._is_in_tag):
            self.is_plausible = False
        self._before_literal = (before, word, self._callee)
        self.state, self.opened = match.group(), match.end()

    def _comment(self, match: re.Match[str]) -> None:
        self.state = "//" if match.group() == "#" else match.group()

    # the code between them

    def _outside(self, position: int) -> int:
        match = self._tokens.match(self._text, position)
        if match is None:  # any character is a token
            return len(self._text)
        kind = match.lastgroup or "other"
        if kind == "space":
            self._is_value &= self._before in {"=", ":"}  # a value does not go on after blanks
            return match.end()
        self._closed = False
        value = self._is_value and kind not in {"quote", "reference", "comment"}
        self._is_value = False
        if value and (whole := self._values.match(self._text, position)):
            if not _is_plain_value(whole.group()):
                self._hide(*whole.span())
            self._before, self._word = "v", ""
            return whole.end()
        return self._handlers[kind](self, match) or match.end()

    def _word_of_code(self, match: re.Match[str]) -> None:
        word = match.group()
        if self._style is Style.CODE:
            prose = self._word and not self._is_in_tag and word not in KEYWORDS and self._word not in KEYWORDS
            self.is_plausible &= not prose
            shown = len(word) < PHRASE or is_name(word)
        else:
            shown = (
                len(word) <= SHORT
                or word in ROOTS
                or (self._before == "." and VARIABLE.fullmatch(word) is not None and is_name(word))
                or (MARK_FOLLOWS.match(self._text, match.end()) is not None and is_plain_name(word))
            )
        self._passed(match, shown=shown or word in KEYWORDS)
        self._word = word

    def _dashed(self, match: re.Match[str]) -> None:
        """Show subtractions of short variables, and the name of an attribute; the rest may be a pass phrase."""
        text = match.group()
        if ATTRIBUTE_FOLLOWS.match(self._text, match.end()):
            shown = is_plain_name(text)
        else:
            shown = len(text) < PHRASE if self._style is Style.CODE else max(map(len, text.split("-"))) <= SHORT
        self._passed(match, shown=shown)

    def _number(self, match: re.Match[str]) -> None:
        self._passed(match, shown=len(match.group()) == 1)

    def _tag(self, match: re.Match[str]) -> None:
        self._has_tag = True  # or a comparison
        self._is_in_tag = self._is_text or not (self._word or self._before in {")", "]"})
        name = match.group().lstrip("</")
        shown = is_plain_name(name) or len(name) <= SHORT
        self._passed(match, shown=shown, skip=len(match.group()) - len(name))

    def _other_in_code(self, match: re.Match[str]) -> int | None:
        char, end, before = match.group(), match.end(), self._before
        if char in "\"'`" or (char == "*" and (before == "" or self._text.startswith("/", end))):
            self.is_plausible = False  # an escaped quote where no literal is open, the end or a line of a comment
        elif char in _BEFORE_AN_OPERAND and before == "v" and self._word not in KEYWORDS and self._joins_words(match):
            self.is_plausible = False  # a password of letters and signs
        elif char in "([":
            self._callee = self._word
        elif char in "{}" and self._brace(char):
            return end
        elif char == "/" and (before in BEFORE_AN_EXPRESSION or self._word in KEYWORDS):
            found = REGEX.match(self._text, match.start())
            end = found.end() if found else len(self._text)
            self._hide(match.end(), end)
            self._before, self._word = ")", ""
            return end
        elif char == ">" and self._has_tag and before != "=":
            inner = (MARKUP_TEXT if self._is_in_tag else ELEMENT_TEXT).match(self._text, end)
            self._has_tag = self._is_in_tag = False
            if inner and inner.group().strip():
                self._hide(*inner.span())
                end = inner.end()
        self._before, self._word = char, ""
        return end

    def _joins_words(self, sign: re.Match[str]) -> bool:
        around = self._text[max(0, sign.start() - 1) : sign.start()], self._text[sign.end() : sign.end() + 1]
        return all(char.isalnum() or (char and char in "_$") for char in around)

    def _brace(self, char: str) -> bool:
        """Count braces, and return whether one ended an expression in a template, which then continues."""
        if char == "}" and not self._braces and self._templates:
            self._braces, self.state, self.opened = self._templates.pop(), "`", -1
            return True
        self._braces = max(0, self._braces + (1 if char == "{" else -1))
        return False

    def _key(self, match: re.Match[str]) -> None:
        key = match.group()
        is_phrase = self._style is Style.MARKUP and "-" in key and len(key) >= PHRASE and not self._is_in_tag
        self._passed(match, shown=is_plain_name(key) and not is_phrase)
        self._is_key = True

    def _call(self, match: re.Match[str]) -> None:
        self._passed(match, shown=is_plain_name(match.group()))
        self._word = match.group()

    def _run(self, match: re.Match[str]) -> None:
        run = match.group()
        shown = run in KEYWORDS or run in SETTING_WORDS or _is_plain_value(run)
        shown |= len(run) <= SHORT and not any(map(str.isalnum, run))
        shown |= self._is_in_tag and ":" in run and DIRECTIVE.fullmatch(run) is not None and is_plain_name(run)
        shown |= self._word in EXPORTING and VARIABLE.fullmatch(run) is not None and is_name(run)
        self._passed(match, shown=shown)
        self._before, self._word = run[-1] if shown else "v", run

    def _reference(self, match: re.Match[str]) -> None:
        self._passed(match, shown=is_name(match.group().strip("${} ")))

    def _other_in_text(self, match: re.Match[str]) -> None:
        char = match.group()
        self.is_plausible &= char not in '"`'
        self._is_value = self._is_key and char in "=:"
        self._is_key = False
        if char in "{}" and self._brace(char):
            return
        if char in "([":
            self._callee = self._word
        if char == ">":
            self._is_in_tag = False
        self._before, self._word = char, ""

    def _passed(self, match: re.Match[str], *, shown: bool, skip: int = 0) -> None:
        if not shown or (match.start() == 0 and self._is_cut) or (match.end() == len(self._text) and self.is_cut_after):
            self._hide(match.start() + skip, match.end())
        self._before, self._word = "v", ""

    def _hide(self, start: int, end: int) -> None:
        if start < end:
            self._spans.append((start, end))

    _IN_CODE: ClassVar[Handlers] = {
        "quote": _quote,
        "comment": _comment,
        "tag": _tag,
        "numbers": _number,
        "number": _number,
        "encoded": _number,
        "dashed": _dashed,
        "word": _word_of_code,
        "reference": _reference,
        "key": _key,
        "call": _call,
        "run": _run,
        "other": _other_in_code,
    }
    """Kind of a token -> what reads it, and returns where it stopped if not at the end of the token."""
    _IN_TEXT: ClassVar[Handlers] = {**_IN_CODE, "other": _other_in_text}


def _is_random(run: re.Match[str]) -> bool:
    """Return whether a run that a lexer takes for names and operators is a value: long random parts between signs."""
    parts = [part.group() for part in PARTS.finditer(run.group())]
    letters = "".join(parts)
    is_mixed = any(map(str.isdigit, letters)) and any(map(str.islower, letters)) and any(map(str.isupper, letters))
    return is_mixed and len(letters) >= _LONG_PARTS * len(parts) and bits_per_letter(letters) >= RANDOM


def _is_plain_value(text: str) -> bool:
    """Return whether a bare text is not a value: a date, one of a few words, an environment variable."""
    if PLAIN_VALUE.fullmatch(text):
        return True
    match = ENVIRONMENT.fullmatch(text)
    return match is not None and is_name(match["name"])
