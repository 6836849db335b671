"""Imports and exports."""

from abc import abstractmethod

from frontleak.js.erasure.declarations import DeclarationReader
from frontleak.js.erasure.tokens import NAME, STRING, RejectedError


class ModuleReader(DeclarationReader):
    """Reads imports and exports."""

    @abstractmethod
    def statement(self) -> None:
        """Read one statement."""

    def import_statement(self) -> None:
        self.next()
        after = self.following()
        if self.is_word("type", "typeof") and (
            (after.kind == NAME and (after.text != "from" or self._is_twice_from())) or after.text in {"{", "*"}
        ):
            self.erase(self.start, self.end, "type")
            self.next()
        elif self.is_word("defer", "source") and (after.text == "*" or (after.kind == NAME and after.text != "from")):
            self.erase(self.start, self.end)
            self.next()
        if self.kind != STRING:
            if self.kind == NAME:
                self.next()
                if self.take("="):
                    self.expression()
                    self.end_of_statement()
                    return
                self.take(",")
            if self.take("*"):
                self.expect("as")
                self.next()
            elif self.is_sign("{"):
                self._specifiers()
            self.expect("from")
        self._from()

    def _is_twice_from(self) -> bool:
        """Return whether `type from` is followed by `from`, or by `=`."""
        state = self.save()
        self.next()
        self.next()
        found = self.is_word("from") or self.is_sign("=")
        self.restore(state)
        return found

    def _from(self) -> None:
        """Read a specifier and its attributes."""
        if self.kind != STRING:
            raise RejectedError
        self.next()
        if self.is_word("with") or (self.is_word("assert") and not self.newline):
            start = self.start
            self.next()
            self.skip_brackets()
            self.erase_from(start)
        self.end_of_statement()

    def _specifiers(self) -> None:
        """Read `{…}` of names; erase those of types in Flow, whose `typeof` TypeScript lacks."""
        self.expect("{")
        while not self.is_sign("}"):
            if self.is_word("typeof") and self.following().kind == NAME:
                self.erase(self.start, self.end, "type")
                self.next()
            if self.kind not in {NAME, STRING}:
                raise RejectedError
            while self.kind in {NAME, STRING}:
                self.next()
            if not self.is_sign("}"):
                self.expect(",")
        self.next()

    def exported_names(self) -> None:
        """Read `*` or `{…}` and where they are from."""
        if self.take("*"):
            if self.take("as"):
                self.next()
            self.expect("from")
        else:
            self._specifiers()
            if not self.take("from"):
                self.end_of_statement()
                return
        self._from()

    def export_statement(self) -> None:
        start, before = self.start, self.before
        self.next()
        if self.take("default"):
            if self.flow and self.is_word("component", "hook") and self.following().kind == NAME:
                self.component(before, "export default ")
            else:
                self._default(start)
                self._erase_overload(start)
        elif self.take("="):
            self.expression()
            self.end_of_statement()
        elif self.is_word("as"):
            self.next()
            self.next()
            self.next()
            self.end_of_statement()
            self.erase_from(start)
        elif self.is_word("type") and self.following().text in {"*", "{"}:
            self.next()
            self.exported_names()
            self.erase_from(start)
        elif self.is_sign("*", "{"):
            self.exported_names()
        elif self.is_word("import"):
            self.import_statement()
        elif self.is_word("type", "opaque", "interface", "declare"):
            if not self.declaration(start):
                raise RejectedError
        elif self.flow and self.is_word("component", "hook"):
            self.component(before, "export ")
        elif self.is_sign("@") or self.kind == NAME:
            self.statement()
            self._erase_overload(start)
        else:
            raise RejectedError

    def _erase_overload(self, start: int) -> None:
        """Erase an export from its keyword on if it is the signature of an overload."""
        if not self.has_body:
            self.erase_from(start)
            self.has_body = True

    def _default(self, start: int) -> None:
        self.decorators()
        after = self.following()
        if self.is_word("function", "class"):
            self.function() if self.is_word("function") else self.class_like()
        elif (
            (self.is_word("async") and after.text == "function" and not after.newline)
            or (self.is_word("abstract") and after.text == "class")
            or (self.kind == NAME and self.text in {"interface", "enum"} and after.kind == NAME)
        ):
            self.declaration(start if self.is_word("interface") else self.start)
        else:
            self.expression()
            self.end_of_statement()
