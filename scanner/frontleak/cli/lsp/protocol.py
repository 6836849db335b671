"""The protocol, with documents of our own.

pygls splits lines at characters that are no line ends in the protocol (U+2028, form feed), which puts edits at the
wrong place, and joins all lines of a text for each edit.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.protocol import LanguageServerProtocol, lsp_method

if TYPE_CHECKING:
    from pygls.lsp.server import LanguageServer


class Protocol(LanguageServerProtocol):
    """Gives what happens to documents and folders to the session, which the server sets."""

    def __init__(self, server: "LanguageServer", converter: Any) -> None:
        """Begin without a session."""
        super().__init__(server, converter)
        self.on: dict[str, Callable[[Any], None]] = {}
        """Method of a notification -> what it does."""
        self.ended: Callable[[int], None] = lambda _: None
        """Called with the exit code when the editor ends the server."""

    def encoding(self) -> str:
        """Return the encoding of columns that editor and server agreed on."""
        found = self.workspace.position_encoding
        return str(getattr(found, "value", found) or "utf-16")

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Take the text of a document."""
        self._tell(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Take a change of a document."""
        self._tell(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Forget a document."""
        self._tell(types.TEXT_DOCUMENT_DID_CLOSE, params)

    @lsp_method(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def lsp_workspace__did_change_workspace_folders(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        """Take the folders that the editor opened or closed."""
        self._tell(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, params)

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: Any) -> None:  # type: ignore[override]
        """End the server: with 0 after the request `shutdown`, else with 1, as the protocol says."""
        self.ended(0 if self._shutdown else 1)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Read a message; answer a request that cannot be read, which would wait for ever."""
        try:
            return super().structure_message(data)
        except Exception:
            if "method" in data and isinstance(data.get("id"), int | str):
                self._send_response(data["id"], error=JsonRpcInvalidParams().to_response_error())
            raise

    def _tell(self, method: str, params: Any) -> None:
        if method in self.on and self._workspace is not None:  # what comes before `initialize` is dropped
            self.on[method](params)
