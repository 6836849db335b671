"""Declarations that JavaScript lacks. TypeScript and Flow erase most of them."""

from abc import abstractmethod
from typing import Final

from frontleak.js.erasure.members import MemberReader
from frontleak.js.erasure.tokens import NAME, STRING, RejectedError

_VARIABLES: Final = frozenset({"var", "let", "const"})
_BLOCKS: Final = frozenset({"class", "interface", "module", "namespace", "global", "enum", "extension"})
"""What is declared by a name and a body in braces."""


class DeclarationReader(MemberReader):
    """Reads declarations."""

    @abstractmethod
    def end_of_statement(self) -> None:
        """Read `;`, or nothing where it may be left out."""

    @abstractmethod
    def condition(self) -> None:
        """Read an expression in parentheses."""

    @abstractmethod
    def variables(self, *, no_in: bool = False) -> None:
        """Read declarations of variables from their keyword on."""

    @abstractmethod
    def exported_names(self) -> None:
        """Read `*` or `{…}` and where they are from."""

    def declaration(self, start: int) -> bool:
        """Read a declaration that JavaScript lacks, if there is one; erase from `start` what has no effect."""
        word, after = self.text, self.following()
        named = after.kind == NAME and not after.newline
        match word:
            case "type" if named:
                self._alias()
                self.erase_from(start)
            case "opaque" if after.text == "type":
                self.next()
                self._alias()
                self.erase_from(start)
            case "interface" if after.kind == NAME:
                self.heritage()
                self.erase_from(start)
            case "declare" if named:
                self.next()
                self._declared()
                self.erase_from(start)
            case "abstract" if after.text == "class":
                self.next()
                self.class_like()
            case "async" if after.text == "function" and not after.newline:
                self.next()
                self.function()
            case "enum" if named:
                self.enum()
            case "namespace" | "module" if (named or after.kind == STRING) and not after.newline:
                self.next()
                self.next()
                while self.take("."):
                    self.next()
                if self.is_sign("{"):
                    self.block()
                else:
                    self.end_of_statement()
            case "global" if after.text == "{":
                self.heritage()
                self.erase_from(start)
            case "component" | "hook" if self.flow and named:
                self.component(self.before)
            case "match" if self.flow and after.text == "(":
                return self.tried(self._match)
            case _:
                return False
        return True

    def _alias(self) -> None:
        """Read `type X = T`, or an opaque type with or without its supertypes."""
        self.next()
        self.next()
        if self.is_sign("<"):
            self.type_parameters()
        while self.is_sign(":", "=") or self.is_word("super", "extends"):
            self.next()
            self.type()
        self.end_of_statement()

    def enum(self) -> None:
        self.next()
        self.next()
        start = self.start
        if self.take("of"):
            self.next()
            self.erase_from(start)
        self.expect("{")
        while not self.is_sign("}"):
            if self.is_sign("..."):
                self.erase(self.start, self.end)
                self.next()
            else:
                self.key()
                if self.take("="):
                    self.assignment()
            if not self.is_sign("}"):
                self.expect(",")
        self.next()

    def component(self, before: int, exported: str = "") -> None:
        """Read a component or hook of Flow; both become functions.

        Args:
            before: offset behind the token before the declaration.
            exported: the words in front of it.
        """
        hook = self.is_word("hook")
        if not hook:
            self.erase(self.start, self.end, "function")
        at = self.start
        self.next()
        named = not hook or self._renamed(before, exported)
        if not named:
            self.erase(at - len(exported), self.start)
        self.next()
        self.erase_type_parameters()
        if hook:
            self.parameters()
        else:
            self._component_parameters()
        end = self.before
        if self.is_sign(":"):
            self.annotation()
        if self.is_word("renders"):
            start = self.start
            self.type()
            self.erase_from(start)
        if not named:
            self.erase(end, self.start, ";")
        self.block()

    def _renamed(self, before: int, exported: str) -> bool:
        """Write `function` before the name that is the current token, where `hook` and blanks before it leave room."""
        room = self.start - before - 1
        words = next((words for words in (f"{exported}function ", "function ") if len(words) <= room), "")
        if words:
            self.erase(before, self.start, "\n" + words.rjust(room))
        return bool(words)

    def _match(self) -> None:
        """Read a `match` statement of Flow; it becomes a block of the code of its cases."""
        self.erase(self.start, self.end)
        self.next()
        self.condition()
        if self.newline:
            raise RejectedError
        self.erase(self.before, self.start, ";")
        self.expect("{")
        while not self.is_sign("}"):
            self.match_pattern()
            if self.is_sign("{"):
                self.block()
            else:
                self.assignment()
            if self.is_sign(","):
                self.erase(self.start, self.end, ";")
                self.next()
        self.next()

    def _component_parameters(self) -> None:
        self.expect("(")
        while not self.is_sign(")"):
            if (self.kind in {NAME, STRING}) and self.following().text == "as":
                start = self.start
                self.next()
                self.next()
                self.erase_from(start)
            self.parameter()
        self.next()

    def _declared(self) -> None:
        """Read what follows `declare`."""
        if self.take("export") and self.take("default") and not self.is_word("class", "function", "component", "hook"):
            self.type()
            self.end_of_statement()
            return
        while self.is_word("abstract", "async", "const") and self.following().text in {"class", "function", "enum"}:
            self.next()
        if self.is_word("module") and self.following().text == ".":
            self.type()
            self.annotation()
        elif self.kind == NAME and self.text in _BLOCKS:
            if self.is_word("module") and self.following().kind == STRING:
                self.next()
                self.next()
                if not self.is_sign("{"):
                    self.end_of_statement()
                    return
            self.heritage()
            return
        elif self.is_word("type"):
            self._alias()
            return
        elif self.is_word("opaque"):
            self.next()
            self._alias()
            return
        elif self.is_word("function", "component", "hook"):
            self._declared_function()
        elif self.kind == NAME and self.text in _VARIABLES:
            self.variables()
        elif self.is_sign("*", "{"):
            self.exported_names()
        else:
            raise RejectedError
        self.end_of_statement()

    def _declared_function(self) -> None:
        self.next()
        self.take("*")
        if self.kind == NAME:
            self.next()
        if self.is_sign("<"):
            self.type_parameters()
        self.skip_brackets()
        while self.is_sign(":") or self.is_word("renders"):
            self.next()
            self.type()
            self.checks()
