"""Types of TypeScript and Flow. They have no effect at run time, so all of them are erased."""

from collections.abc import Callable
from typing import Final

from frontleak.js.erasure.tokens import END, NAME, NUMBER, SIGN, STRING, TEMPLATE, RejectedError, TokenReader

_PREFIXES: Final = frozenset(
    {
        *("keyof", "unique", "readonly", "infer", "typeof", "asserts", "implies", "new", "abstract", "renders"),
        "interface",
    }
)
_TYPE_SIGNS: Final = frozenset({"(", "[", "{", "<", "?", "*", "-", "|", "&"})
_CALLED: Final = frozenset({"import", "component", "hook"})
_VARIANCE: Final = frozenset({"const", "in", "out"})


class TypeReader(TokenReader):
    """Reads types. Each method begins at the current token and ends at the first one behind what it reads."""

    def __init__(self, text: str, *, flow: bool) -> None:
        self.flow = flow
        super().__init__(text)

    def starts_type(self) -> bool:
        """Return whether the current token may begin a type."""
        return self.kind in {NAME, NUMBER, STRING, TEMPLATE} or (self.kind == SIGN and self.text in _TYPE_SIGNS)

    def annotation(self, *, result: bool = False) -> None:
        """Erase `: T`; `result` when an arrow function's `=>` may follow."""
        start = self.start
        self.expect(":")
        if result:
            self._result()
        else:
            self.type()
        self.checks()
        self.erase_from(start)

    def checks(self) -> None:
        """Read `%checks` of Flow."""
        if self.is_sign("%") and self.following().text == "checks":
            self.next()
            self.next()
            if self.is_sign("("):
                self.skip_brackets()

    def _result(self) -> None:
        """Read the type between the parameters of an arrow function and its `=>`.

        A function type there may be the result, or end before the arrow.
        """
        state = self.save()
        try:
            self.type(bare_arrow=False)
            self.checks()
            if self.is_sign("=>"):
                return
        except RejectedError:
            pass
        self.restore(state)
        self.type(bare_arrow=False, arrow=False)

    def type(self, *, arrow: bool = True, bare_arrow: bool = True) -> None:
        """Read a type.

        Args:
            arrow: whether it may be a function type.
            bare_arrow: whether that may be one without parentheses, as in Flow.
        """
        self.deeper()
        while True:
            if self.is_sign("|", "&", "?", "??", "-", "+", "..."):
                self.next()
                continue
            word = self.text if self.kind == NAME else ""
            if word in _PREFIXES and self._is_prefix():
                self.next()
                if word == "renders" and self.is_sign("*"):
                    self.next()
                continue
            in_parentheses = self._primary(word)
            if self._suffixes():
                continue
            if self.is_sign("=>") and arrow and (in_parentheses or (bare_arrow and self.flow)):
                self.next()
                continue
            if self.is_sign("|", "&"):
                self.next()
                continue
            if self.flow and self.is_word("renders"):
                continue
            if self.is_word("extends"):
                self.next()
                self.type(arrow=arrow)
                if self.is_sign("?"):
                    self.next()
                    self.type(arrow=arrow)
                    self.expect(":")
                    continue
            break
        self.depth -= 1

    def _is_prefix(self) -> bool:
        state = self.save()
        self.next()
        found = self.starts_type() and not self.newline and not self.is_word("extends", "is")
        self.restore(state)
        return found

    def _primary(self, word: str) -> bool:
        """Read a type without what precedes and follows it; return whether it was in parentheses."""
        if self.is_sign("<"):
            self.type_parameters()
            if not self.is_sign("("):
                raise RejectedError
        if self.is_sign("("):
            self.skip_brackets()
            return True
        if self.is_sign("[", "{"):
            self.skip_brackets()
        elif self.kind == TEMPLATE:
            self.skip_template()
        elif self.kind in {NAME, NUMBER, STRING} or self.is_sign("*"):
            self.next()
            if word in _CALLED:
                if self.is_sign("<") and self.flow:
                    self.type_parameters()
                if self.is_sign("("):
                    self.skip_brackets()
                    return True
        else:
            raise RejectedError
        return False

    def _suffixes(self) -> bool:
        """Read what may follow a type; return whether another must follow, as after `x is`."""
        while True:
            if self.is_sign("."):
                self.next()
                self.next()
            elif self.is_sign("[") and not self.newline:
                self.skip_brackets()
            elif self.is_sign("?."):
                self.next()
                self.skip_brackets()
            elif self.is_sign("<") and not self.newline:
                if not self.tried(self.type_arguments):
                    return False
            elif self.is_word("is") and not self.newline:
                self.next()
                return True
            else:
                return False

    def tried(self, read: Callable[[], None]) -> bool:
        """Read something if it is there; return whether it was."""
        state = self.save()
        try:
            read()
        except RejectedError:
            self.restore(state)
            return False
        return True

    def type_arguments(self) -> None:
        """Read type arguments, `<…>`."""
        self.expect("<")
        while not self.is_sign(">"):
            self.type()
            if not self.is_sign(">"):
                self.expect(",")
        self.next()

    def type_parameters(self) -> None:
        """Read type parameters, `<…>`."""
        self.expect("<")
        while not self.is_sign(">"):
            while self.is_word(*_VARIANCE) and self.following().kind == NAME and self.following().text != "extends":
                self.next()
            self.type()
            while self.is_sign(":", "="):
                self.next()
                self.type()
            if not self.is_sign(">"):
                self.expect(",")
        self.next()

    def erase_type_arguments(self) -> None:
        """Erase type arguments, if there are any."""
        if self.is_sign("<"):
            start = self.start
            self.type_arguments()
            self.erase_from(start)

    def erase_type_parameters(self) -> None:
        """Erase type parameters, if there are any."""
        if self.is_sign("<"):
            start = self.start
            self.type_parameters()
            self.erase_from(start)

    def heritage(self) -> None:
        """Read on to the body of an interface or declared class, and behind it."""
        while not self.is_sign("{"):
            if self.is_sign("<"):
                self.type_parameters()
            elif self.is_sign("("):
                self.skip_brackets()
            elif self.kind == END or self.is_sign(";", "=", "}"):
                raise RejectedError
            else:
                self.next()
        self.skip_brackets()
