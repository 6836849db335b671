"""JSX. An `&` is data in it, unless it begins an entity: the TypeScript grammar wants one to begin an entity."""

import re
from abc import abstractmethod
from typing import Final

from frontleak.js.erasure.tokens import NAME, RejectedError
from frontleak.js.erasure.types import TypeReader

_NAME: Final = re.compile(r"[\w$\x80-\xff][\w$\x80-\xff-]*+")
_VALUE: Final = re.compile(r"\s*(?:\"[^\"]*+\"|'[^']*+')")
_TEXT: Final = re.compile(r"[^<{]*+")
_CLOSING: Final = re.compile(r"</\s*+(?:[\w$\x80-\xff][\w$\x80-\xff.:-]*+)?\s*+>")


class JsxReader(TypeReader):
    """Reads JSX elements."""

    @abstractmethod
    def assignment(self, *, no_in: bool = False) -> None:
        """Read an expression without commas."""

    @abstractmethod
    def inner(self, closing: str) -> None:
        """Read an expression in brackets up to the closing one."""

    def element(self) -> None:
        """Read an element from its `<` on."""
        self._element()
        self.next()

    def _element(self) -> None:
        """Read an element; its last `>` becomes the current token."""
        self.deeper()
        self.expect("<")
        if not self.is_sign(">"):
            self._name()
            while self.is_sign(".", ":"):
                self.next()
                self._name()
            self.erase_type_arguments()
            self._attributes()
        if self.take("/"):
            if not self.is_sign(">"):
                raise RejectedError
        else:
            self._children()
        self.depth -= 1

    def _name(self) -> None:
        found = _NAME.match(self.source, self.start)
        if self.kind != NAME or found is None:
            raise RejectedError
        self.skip_to(found.end())

    def _attributes(self) -> None:
        while not self.is_sign(">", "/"):
            if self.is_sign("{"):
                self.next()
                self.expect("...")
                self.inner("}")
                self.next()
                continue
            if self.is_word("extends"):  # the grammar takes it for that of a type parameter
                self.erase(self.start, self.end, "x" * len(self.text))
            self._name()
            if self.is_sign(":"):
                self.next()
                self._name()
            if not self.is_sign("="):
                continue
            if value := _VALUE.match(self.source, self.end):
                self._mask(self.end, value.end())
                self.skip_to(value.end())
                continue
            self.next()
            if self.is_sign("<"):
                self.element()
            elif self.is_sign("{"):
                self.next()
                self.inner("}")
                self.next()
            else:
                raise RejectedError

    def _children(self) -> None:
        """Read the children of an element from the `>` of its opening tag on."""
        position = self.end
        while True:
            text = _TEXT.match(self.source, position)
            end = text.end() if text else position
            self._mask(position, end)
            if closing := _CLOSING.match(self.source, end):
                self.skip_to(closing.end() - 1)
                return
            self.skip_to(end)
            if self.is_sign("{"):
                self.next()
                if not self.is_sign("}"):
                    self.take("...")
                    self.inner("}")
            elif self.is_sign("<"):
                self._element()
            else:
                raise RejectedError
            position = self.end

    def _mask(self, start: int, end: int) -> None:
        while (start := self.source.find("&", start, end)) >= 0:
            self.erase(start, start + 1, "_")
            start += 1
