"""Members of object literals and classes."""

from typing import Final

from frontleak.js.erasure.expressions import ExpressionReader
from frontleak.js.erasure.tokens import END, NAME, NUMBER, PRIVATE, STRING, RejectedError

_METHOD_MODIFIERS: Final = frozenset({"async", "get", "set"})
_CLASS_MODIFIERS: Final = frozenset(
    {
        *("public", "private", "protected", "static", "abstract", "override", "readonly", "declare", "async"),
        *("accessor", "get", "set", "proto"),
    }
)
_BEHIND_NAMES: Final = frozenset({"(", "<", "=", ";", ":", "?", "!", "}", ",", ")"})
"""What follows the name of a member. A word before anything else is a modifier."""


class MemberReader(ExpressionReader):
    """Reads object literals and classes."""

    def members(self) -> None:
        """Read an object literal, `{…}`."""
        outside, self._colon_follows = self._colon_follows, False
        self.expect("{")
        while not self.is_sign("}"):
            if self.take("..."):
                self.assignment()
            else:
                self._member()
            if not self.is_sign("}"):
                self.expect(",")
        self.next()
        self._colon_follows = outside

    def _member(self) -> None:
        start = self.start
        while self.is_word(*_METHOD_MODIFIERS) and self.following().text not in _BEHIND_NAMES:
            self.next()
        self.take("*")
        self.key()
        if self.is_sign("(", "<"):
            self.signature(start)
        elif self.take(":") or self.take("="):
            self.assignment()

    def key(self) -> None:
        if self.kind == NAME:
            self.name()
        elif self.kind in {STRING, NUMBER, PRIVATE}:
            self.next()
        elif self.is_sign("["):
            self.next()
            self.inner("]")
            self.next()
        else:
            raise RejectedError

    # --- classes -----------------------------------------------------------------------------------------------------

    def class_like(self) -> None:
        """Read a class from its keyword on."""
        self.expect("class")
        if self.kind == NAME and not self.is_word("extends", "implements"):
            self.next()
        self.erase_type_parameters()
        if self.take("extends"):
            self._superclass()
        start = self.start
        if self.is_word("implements", "mixins"):
            while not self.is_sign("{"):
                if self.is_sign(",") or self.is_word("implements", "mixins"):
                    self.next()
                else:
                    self.type()
            self.erase_from(start)
        outside, self._colon_follows = self._colon_follows, False
        self.expect("{")
        while not self.is_sign("}"):
            if not self.take(";"):
                self._class_member()
        self.next()
        self.has_body = True
        self._colon_follows = outside

    def _superclass(self) -> None:
        if self.is_sign("("):
            self.parentheses()
        elif self.is_word("class"):
            self.class_like()
        elif self.kind == NAME:
            self.next()
        else:
            raise RejectedError
        while True:
            if self.is_sign(".", "?."):
                self.next()
                self.next()
            elif self.is_sign("["):
                self.next()
                self.inner("]")
                self.next()
            elif self.is_sign("("):
                self.arguments()
            elif self.is_sign("<"):
                self.erase_type_arguments()
            elif self.is_sign("!"):
                self.erase(self.start, self.end)
                self.next()
            else:
                return

    def _class_member(self) -> None:
        outset = self.start
        self.decorators()
        start = self.start
        declared = False
        while self.is_word(*_CLASS_MODIFIERS):
            after = self.following()
            if after.text in _BEHIND_NAMES or after.kind == END:
                break
            if self.text == "static" and after.text == "{":
                self.next()
                self.block()
                return
            if self.text in {"get", "set"} and after.newline and after.text == "*":
                break
            declared = declared or self.text in {"declare", "abstract"}
            if self.text in {"accessor", "proto"} or (self.text == "readonly" and self.flow):
                self.erase(self.start, self.end)
            self.next()
        if self.is_sign("+", "-"):
            self.erase(self.start, self.end)
            self.next()
        self.take("*")
        if self.is_sign("[") and self._is_index():
            self.skip_brackets()
            if self.is_sign(":"):
                self.annotation()
            self.erase_from(start)
            self._end_of_field()
            return
        self.key()
        if self.is_sign("?", "!"):
            self.erase(self.start, self.end)
            self.next()
        if self.is_sign("(", "<"):
            self.signature(start)
            return
        self._field(outset if declared else None)

    def _is_index(self) -> bool:
        """Return whether `[` begins an index signature."""
        state = self.save()
        self.next()
        self.next()
        found = self.is_sign(":")
        self.restore(state)
        return found

    def _field(self, declared: int | None) -> None:
        """Read a field behind its name; erase it from `declared` on if it is only declared."""
        if self.is_sign(":"):
            at = self.start
            self.next()
            self.type()
            # a field whose name is a modifier needs its end
            self.erase_from(at, "" if self.is_sign("=", ";") else ";")
        if self.take("="):
            self.assignment()
        if declared is not None:
            self.erase_from(declared)
        self._end_of_field()

    def _end_of_field(self) -> None:
        if not self.take(";") and not self.take(",") and not self.is_sign("}") and not self.newline:
            raise RejectedError
