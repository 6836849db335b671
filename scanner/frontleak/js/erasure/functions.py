"""Functions, their parameters and decorators."""

from abc import abstractmethod
from typing import Final

from frontleak.js.erasure.jsx import JsxReader
from frontleak.js.erasure.tokens import END, NAME, NUMBER, STRING, RejectedError

_MODIFIERS: Final = frozenset({"public", "private", "protected", "readonly", "override"})


class FunctionReader(JsxReader):
    """Reads functions.

    Attributes:
        has_body: whether the function that was read last has a body; the signature of an overload has none.
    """

    def __init__(self, text: str, *, flow: bool) -> None:
        self._no_arrow: set[int] = set()
        self._colon_follows = False
        self.has_body = True
        super().__init__(text, flow=flow)

    @abstractmethod
    def block(self) -> None:
        """Read `{…}` of statements."""

    @abstractmethod
    def arguments(self) -> None:
        """Read `(…)` of a call."""

    @abstractmethod
    def parentheses(self) -> None:
        """Read an expression in parentheses."""

    def arrow(self) -> bool:
        """Read an arrow function if one begins here; return whether it does."""
        at = self.start
        if at in self._no_arrow:
            return False
        state, colon_follows = self.save(), self._colon_follows
        try:
            self._arrow_head(colon_follows=colon_follows)
        except RejectedError:
            self.restore(state)
            self._colon_follows = colon_follows
            self._no_arrow.add(at)
            return False
        self._colon_follows = colon_follows
        if self.take("=>"):
            self.arrow_body()
        return True

    def _arrow_head(self, *, colon_follows: bool) -> None:
        """Read an arrow function up to its `=>`. Where a colon follows, a result is in doubt.

        In `a ? (b) : c => d` there is none: so all of it is read, up to the colon.
        """
        self._colon_follows = False
        self.erase_type_parameters()
        self.parameters()
        typed = self.is_sign(":")
        if typed:
            self.annotation(result=True)
        if typed and colon_follows:
            self.expect("=>")
            self._colon_follows = True
            self.arrow_body()
        if not self.is_sign(":" if typed and colon_follows else "=>"):
            raise RejectedError

    def arrow_body(self) -> None:
        """Read what follows `=>`."""
        if self.is_sign("{"):
            outside, self._colon_follows = self._colon_follows, False
            self.block()
            self._colon_follows = outside
        else:
            self.assignment()

    def function(self) -> None:
        """Read a function from its keyword on; erase a signature without a body."""
        start = self.start
        self.next()
        self.take("*")
        if self.kind == NAME:
            self.next()
        self.signature(start)

    def signature(self, start: int) -> None:
        """Read a function from its type parameters on; erase it from `start` if it has no body."""
        outside, self._colon_follows = self._colon_follows, False
        self.erase_type_parameters()
        self.parameters()
        if self.is_sign(":"):
            self.annotation()
        self.has_body = self.is_sign("{")
        if self.has_body:
            self.block()
            self.has_body = True
        elif self.is_sign(";", "}", ",") or self.newline or self.kind == END:
            self.take(";")
            self.erase_from(start)
        else:
            raise RejectedError
        self._colon_follows = outside

    def parameters(self) -> None:
        """Read `(…)` of a function."""
        self.expect("(")
        while not self.is_sign(")"):
            self.decorators()
            while self.is_word(*_MODIFIERS) and (self.following().kind == NAME or self.following().text in {"{", "["}):
                self.next()
            start = self.start
            this = self.is_word("this")
            self.parameter()
            if this:
                self.erase_from(start)
        self.next()

    def parameter(self) -> None:
        """Read one parameter, with its default and the comma after it."""
        self.take("...")
        self.pattern()
        if self.is_sign("?"):
            self.erase(self.start, self.end)
            self.next()
        if self.is_sign(":"):
            self.annotation()
        if self.take("="):
            self.assignment()
        if not self.is_sign(")"):
            self.expect(",")

    def pattern(self) -> None:
        """Read a name or a destructuring pattern."""
        if self.kind == NAME:
            self.name()
        elif self.is_sign("{"):
            self.next()
            while not self.is_sign("}"):
                self._pattern_member()
                if not self.is_sign("}"):
                    self.expect(",")
            self.next()
        elif self.is_sign("["):
            self.next()
            while not self.is_sign("]"):
                if self.take(","):
                    continue
                self.take("...")
                self.pattern()
                if self.take("="):
                    self.assignment()
                if not self.is_sign("]"):
                    self.expect(",")
            self.next()
        else:
            raise RejectedError

    def _pattern_member(self) -> None:
        if self.take("..."):
            self.pattern()
            return
        if self.is_sign("["):
            self.next()
            self.inner("]")
            self.next()
        elif self.kind in {NAME, STRING, NUMBER}:
            self.next()
        else:
            raise RejectedError
        if self.take(":"):
            self.pattern()
        if self.take("="):
            self.assignment()

    def decorators(self) -> None:
        """Read the decorators that stand here."""
        while self.is_sign("@"):
            self.next()
            if self.is_sign("("):
                self.parentheses()
                continue
            self.next()
            while self.take("."):
                self.next()
            if self.is_sign("!"):
                self.erase(self.start, self.end)
                self.next()
            self.erase_type_arguments()
            if self.is_sign("("):
                self.arguments()
