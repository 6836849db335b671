"""Statements."""

from frontleak.js.erasure.modules import ModuleReader
from frontleak.js.erasure.tokens import END, NAME, RejectedError


class StatementReader(ModuleReader):
    """Reads a whole script."""

    def script(self) -> None:
        """Read all statements.

        Raises:
            RejectedError: there is one that is none.
            OutOfStepsError: the text takes more steps, or nests deeper, than real code.
        """
        self.next()
        while self.kind != END:
            self.statement()

    def block(self) -> None:
        """Read `{…}` of statements."""
        self.expect("{")
        while not self.is_sign("}"):
            if self.kind == END:
                raise RejectedError
            self.statement()
        self.next()

    def statement(self) -> None:
        """Read one statement."""
        self.deeper()
        if self.kind == NAME:
            self._begun_by_word()
        elif self.is_sign("{"):
            self.block()
        elif self.is_sign("@"):
            self.decorators()
            self.statement()
        elif not self.take(";"):
            self.expression()
            self.end_of_statement()
        self.depth -= 1

    def end_of_statement(self) -> None:
        """Read `;`, or nothing where it may be left out."""
        if not self.take(";") and not self.is_sign("}") and self.kind != END and not self.newline:
            raise RejectedError

    def _begun_by_word(self) -> None:
        word, start = self.text, self.start
        match word:
            case "import":
                if self.following().text in {"(", "."}:
                    self._expression_statement()
                else:
                    self.import_statement()
            case "export":
                self.export_statement()
            case "var" | "let" | "const" | "using" | "await" if self._is_variables():
                self.variables()
                self.end_of_statement()
            case "function":
                self.function()
            case "class":
                self.class_like()
            case "if" | "while" | "with":
                self.next()
                self.condition()
                self.statement()
                if word == "if" and self.take("else"):
                    self.statement()
            case "for":
                self._for()
            case "do":
                self.next()
                self.statement()
                self.expect("while")
                self.condition()
                self.take(";")
            case "switch":
                self._switch()
            case "try":
                self._try()
            case "return" | "throw":
                self.next()
                if not self.newline and not self.is_sign(";", "}") and self.kind != END:
                    self.expression()
                self.end_of_statement()
            case "break" | "continue" | "debugger":
                self.next()
                if self.kind == NAME and not self.newline:
                    self.next()
                self.end_of_statement()
            case _:
                if not self.declaration(start):
                    self._expression_statement()

    def _expression_statement(self) -> None:
        if self.following().text == ":":
            self.next()
            self.next()
            self.statement()
            return
        self.expression()
        self.end_of_statement()

    def condition(self) -> None:
        self.expect("(")
        self.inner(")")
        self.next()

    def _is_variables(self) -> bool:
        after = self.following()
        if self.text in {"let", "var", "const"}:
            return after.kind == NAME or after.text in {"{", "["}
        if self.text == "await":
            if after.text != "using" or after.newline:
                return False
            state = self.save()
            self.next()
            found = self._is_variables()
            self.restore(state)
            return found
        return after.kind == NAME and not after.newline and after.text not in {"in", "instanceof", "as", "satisfies"}

    def variables(self, *, no_in: bool = False) -> None:
        if self.is_word("await"):
            self.erase(self.start, self.end)
            self.next()
        if self.is_word("using"):
            self.erase(self.start, self.end, "const")
        constant = self.is_word("const")
        self.next()
        if constant and self.is_word("enum"):
            self.enum()
            return
        while True:
            self.pattern()
            if self.is_sign("!"):
                self.erase(self.start, self.end)
                self.next()
            if self.is_sign(":"):
                self.annotation()
            if self.take("="):
                self.assignment(no_in=no_in)
            if not self.take(","):
                return

    def _for(self) -> None:
        self.next()
        self.take("await")
        self.expect("(")
        if not self.is_sign(";"):
            if self.is_word("var", "let", "const", "using", "await") and self._is_variables():
                self.variables(no_in=True)
            else:
                self.expression(no_in=True)
        if self.is_word("of", "in"):
            self.next()
            self.expression()
        else:
            self.expect(";")
            if not self.is_sign(";"):
                self.expression()
            self.expect(";")
            if not self.is_sign(")"):
                self.expression()
        self.expect(")")
        self.statement()

    def _switch(self) -> None:
        self.next()
        self.condition()
        self.expect("{")
        while not self.is_sign("}"):
            if self.take("case"):
                outside, self._colon_follows = self._colon_follows, True
                self.expression()
                self._colon_follows = outside
                self.expect(":")
            elif self.take("default"):
                self.expect(":")
            else:
                self.statement()
        self.next()

    def _try(self) -> None:
        self.next()
        self.block()
        if self.take("catch"):
            if self.take("("):
                self.pattern()
                if self.is_sign(":"):
                    self.annotation()
                self.expect(")")
            self.block()
        if self.take("finally"):
            self.block()
