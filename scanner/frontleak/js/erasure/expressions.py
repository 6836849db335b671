"""Expressions, with the types and JSX in them."""

import re
from abc import abstractmethod
from typing import Final

from frontleak.js.erasure.functions import FunctionReader
from frontleak.js.erasure.tokens import END, NAME, NUMBER, PRIVATE, SIGN, STRING, TEMPLATE, RejectedError

_REGEX: Final = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*+\])++/[A-Za-z]*+")
_PREFIX_SIGNS: Final = frozenset({"!", "~", "+", "-", "++", "--"})
_PREFIX_WORDS: Final = frozenset({"typeof", "void", "delete", "new"})
_SUSPENDING: Final = frozenset({"await", "yield"})
_INFIX: Final = frozenset(
    {
        *("=", "+=", "-=", "*=", "/=", "%=", "**=", "&=", "|=", "^=", "&&=", "||=", "??=", "==", "===", "!=", "!=="),
        *("<", ">", "+", "-", "*", "/", "%", "**", "&", "|", "^", "&&", "||", "??"),
    }
)
_STARTS: Final = frozenset({"(", "[", "{", "/", "/=", "<", "!", "~", "+", "-", "++", "--", "@"})
_ENDS: Final = frozenset({"in", "of", "instanceof", "as", "satisfies", "extends"})
_AFTER_NAME: Final = re.compile(r"\s*(?:[,=]|extends\b(?!\s*[=/>]))")
"""What follows the name of a type parameter where JSX is possible too. `<T extends=…` is JSX."""


class ExpressionReader(FunctionReader):
    """Reads expressions."""

    def __init__(self, text: str, *, flow: bool, jsx: bool) -> None:
        self.jsx = jsx
        super().__init__(text, flow=flow)

    @abstractmethod
    def class_like(self) -> None:
        """Read a class from its keyword on."""

    @abstractmethod
    def members(self) -> None:
        """Read the members of an object literal or pattern, `{…}`."""

    def expression(self, *, no_in: bool = False) -> None:
        """Read an expression, with commas."""
        self.assignment(no_in=no_in)
        while self.take(","):
            self.assignment(no_in=no_in)

    def inner(self, closing: str) -> None:
        """Read an expression in brackets up to the closing one, which becomes the current token."""
        outside, self._colon_follows = self._colon_follows, False
        self.expression()
        self._colon_follows = outside
        if not self.is_sign(closing):
            raise RejectedError

    def assignment(self, *, no_in: bool = False) -> None:
        """Read an expression without commas."""
        self.deeper()
        while not self._operand():
            while self.is_word("as", "satisfies") and not self.newline:
                start = self.start
                self.next()
                self.type()
                self.erase_from(start)
            if self.kind == SIGN and self.text in _INFIX:
                sign, end = self.text, self.end
                self.next()
                while sign in {"<", ">"} and self.start == end and self.is_sign("<", ">", "=", "==", "==="):
                    end = self.end
                    self.next()
            elif self.is_word("instanceof") or (self.is_word("in") and not no_in):
                self.next()
            elif self.is_sign("?"):
                self.next()
                outside, self._colon_follows = self._colon_follows, True
                self.assignment()
                self._colon_follows = outside
                self.expect(":")
                self.assignment(no_in=no_in)
                break
            else:
                break
        self.depth -= 1

    def _operand(self) -> bool:
        """Read an operand with its prefixes and suffixes; return whether it is an arrow function, which ends all."""
        while True:
            if self.kind == SIGN and self.text in _PREFIX_SIGNS:
                self.next()
            elif self.is_word(*_PREFIX_WORDS):
                word = self.text
                self.next()
                if word == "new" and self.is_sign("."):
                    break
            elif self.is_word(*_SUSPENDING):
                word = self.text
                at = self.start
                self.next()
                if self.is_sign("=>"):
                    self.erase(at, at + len(word), "x" * len(word))
                    self.next()
                    self.arrow_body()
                    return True
                if word == "yield" and self.is_sign("*"):
                    self.next()
                elif not self._starts_operand() or (word == "yield" and self.newline):
                    if word == "await":  # a name, outside async functions
                        self.erase(at, at + len(word), "x" * len(word))
                    break
            elif self._primary_expression():
                return True
            else:
                break
        self._suffixes_of_expression()
        return False

    def _starts_operand(self) -> bool:
        if self.kind == NAME:
            return self.text not in _ENDS or (self.text in {"as", "of", "satisfies"} and self.following().text == ".")
        return self.kind in {NUMBER, STRING, TEMPLATE, PRIVATE} or (self.kind == SIGN and self.text in _STARTS)

    def _primary_expression(self) -> bool:
        """Read an operand without prefixes and suffixes; return whether it is an arrow function."""
        if self.kind == NAME:
            return self._named()
        if self.kind in {NUMBER, STRING, PRIVATE}:
            self.next()
        elif self.kind == TEMPLATE:
            self.template()
        elif self.is_sign("("):
            if self.arrow():
                return True
            self.parentheses()
        elif self.is_sign("["):
            self._array()
        elif self.is_sign("{"):
            self.members()
        elif self.is_sign("/", "/="):
            found = _REGEX.match(self.source, self.start)
            if found is None:
                raise RejectedError
            self.skip_to(found.end())
        elif self.is_sign("<"):
            return self._angle()
        elif self.is_sign("@"):
            self.decorators()
            self.class_like()
        else:
            raise RejectedError
        return False

    def _named(self) -> bool:
        word = self.text
        if word == "function":
            self.function()
        elif word == "class":
            self.class_like()
        elif word == "async" and not self.following().newline:
            return self._async()
        elif word == "match" and self.flow and self.following().text == "(" and self.tried(self._match_expression):
            return False
        else:
            self.name()
            if self.is_sign("=>"):
                self.next()
                self.arrow_body()
                return True
        return False

    def _match_expression(self) -> None:
        """Read a `match` expression of Flow; it becomes an array of its values."""
        self.erase(self.start, self.end, "    [")
        self.next()
        self.parentheses()
        if not self.is_sign("{") or self.newline:
            raise RejectedError
        self.erase(self.before, self.end, ",")
        self.next()
        while not self.is_sign("}"):
            self.match_pattern()
            self.assignment()
            if not self.is_sign("}"):
                self.expect(",")
        self.erase(self.start, self.end, "]")
        self.next()

    def match_pattern(self) -> None:
        """Erase the pattern of a case of `match`, with its condition and arrow."""
        start = self.start
        while not self.is_sign("=>"):
            if self.is_sign("(", "[", "{"):
                self.skip_brackets()
            elif self.kind == END:
                raise RejectedError
            else:
                self.next()
        self.next()
        self.erase_from(start)

    def _async(self) -> bool:
        self.next()
        if self.is_word("function"):
            self.function()
        elif self.kind == NAME and self.following().text == "=>":
            self.next()
            self.next()
            self.arrow_body()
            return True
        elif self.is_sign("=>"):
            self.next()
            self.arrow_body()
            return True
        elif self.is_sign("(", "<"):
            return self.arrow()
        return False

    def parentheses(self) -> None:
        """Read an expression in parentheses, with Flow's type of it."""
        outside, self._colon_follows = self._colon_follows, False
        self.expect("(")
        while True:
            self.assignment()
            if self.is_sign(":") and self.flow:
                self.annotation()
            if not self.take(","):
                break
        self.expect(")")
        self._colon_follows = outside

    def _array(self) -> None:
        outside, self._colon_follows = self._colon_follows, False
        self.expect("[")
        while not self.is_sign("]"):
            if self.take(","):
                continue
            self.take("...")
            self.assignment()
            if self.is_sign(":") and self.flow:
                self.annotation()
            if not self.is_sign("]"):
                self.expect(",")
        self.next()
        self._colon_follows = outside

    def template(self) -> None:
        """Read a template."""
        while self.chunk():
            self.inner("}")

    def arguments(self) -> None:
        """Read `(…)` of a call."""
        outside, self._colon_follows = self._colon_follows, False
        self.expect("(")
        while not self.is_sign(")"):
            self.take("...")
            self.assignment()
            if not self.is_sign(")"):
                self.expect(",")
        self.next()
        self._colon_follows = outside

    def _suffixes_of_expression(self) -> None:
        while True:
            if self.is_sign(".", "?."):
                optional = self.text == "?."
                self.next()
                if self.kind in {NAME, PRIVATE}:
                    self.next()
                elif not optional:
                    raise RejectedError
            elif self.is_sign("["):
                self.next()
                self.inner("]")
                self.next()
            elif self.is_sign("("):
                self.arguments()
            elif self.kind == TEMPLATE:
                self.template()
            elif self.is_sign("!") and not self.newline and not self.flow:
                self.erase(self.start, self.end)
                self.next()
            elif self.is_sign("<"):
                if not self._type_arguments():
                    return
            elif self.is_sign("++", "--") and not self.newline:
                self.next()
            else:
                return

    def _type_arguments(self) -> bool:
        """Erase the type arguments of a call; return False when `<` is an operator."""
        state = self.save()
        if self.tried(self.erase_type_arguments):
            if self.is_sign("=", "==", "===") and self.start == self.before:  # of `>=`
                pass
            elif self.is_sign("(") or self.kind == TEMPLATE or self.newline or not self._starts_operand():
                return True
            self.restore(state)
        return False

    def _angle(self) -> bool:
        """Read what `<` begins: an arrow function with type parameters, an assertion, or JSX."""
        if (not self.jsx or self._is_generic()) and self.arrow():
            return True
        if not self.jsx:
            start = self.start
            self.next()
            self.type()
            self.expect(">")
            self.erase_from(start)
            return self._operand()
        self.element()
        return False

    def _is_generic(self) -> bool:
        """Return whether an arrow function may begin with the current `<`, although JSX may as well."""
        name = self.following()
        if self.flow:
            return name.kind in {NAME, SIGN} and name.text not in {">", "/"}
        found = _AFTER_NAME.match(self.source, name.end)
        return name.kind == NAME and found is not None
