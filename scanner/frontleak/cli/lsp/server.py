"""The server: which requests it answers, and its start and end."""

import asyncio
import json
import logging
import sys
from collections.abc import Callable
from typing import Any, BinaryIO, Final, TypeVar

import click
from lsprotocol import types
from pygls.capabilities import get_capability
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from frontleak.cli.lsp.actions import Editor, actions_for
from frontleak.cli.lsp.documents import Document
from frontleak.cli.lsp.hover import markdown, plain
from frontleak.cli.lsp.log import bug
from frontleak.cli.lsp.protocol import Protocol
from frontleak.cli.lsp.session import SETTINGS_FILES, Session
from frontleak.cli.lsp.shown import Shown, diagnostic_of, range_of
from frontleak.cli.lsp.transport import Output, read_in_background
from frontleak.core.errors import FrontleakError
from frontleak.core.version import VERSION

T = TypeVar("T")
_MOST_WITH_ACTIONS: Final = 5
"""Findings at one place that actions are made for: each parses the file."""
_MOST_WITH_HOVER: Final = 10


class Server(LanguageServer):
    """A language server whose log never holds what a message said."""

    protocol: Protocol

    def __init__(self) -> None:
        """Register what it answers."""
        super().__init__("frontleak", VERSION, protocol_cls=Protocol)
        self.session = Session(self)
        session, on = self.session, self.protocol.on
        on[types.TEXT_DOCUMENT_DID_OPEN] = self._guarded(session.opened)
        on[types.TEXT_DOCUMENT_DID_CHANGE] = self._guarded(session.changed)
        on[types.TEXT_DOCUMENT_DID_CLOSE] = self._guarded(session.closed)
        on[types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS] = self._guarded(self._folders_changed)
        self._folders: list[str] = []
        # the names of the features tell the editor what the server can do
        for name in (types.TEXT_DOCUMENT_DID_OPEN, types.TEXT_DOCUMENT_DID_CHANGE, types.TEXT_DOCUMENT_DID_CLOSE):
            self.feature(name)(_nothing)
        self.feature(types.TEXT_DOCUMENT_DID_SAVE)(self._guarded(session.saved))
        self.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(self._guarded(session.files_changed))
        self.feature(types.INITIALIZED)(self._guarded(self._initialized))
        self.feature(types.TEXT_DOCUMENT_HOVER)(self._guarded(self._hover))

        async def actions(params: types.CodeActionParams) -> list[types.CodeAction] | None:
            try:
                return await self._actions(params)
            except (FrontleakError, click.ClickException):  # the scan of the text tells it
                return None
            except Exception as error:  # noqa: BLE001 - as in `_guarded`
                session.log(bug(error))
                return None

        options = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
        self.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(actions)

    def report_server_error(self, error: Exception, source: Any) -> None:  # noqa: ARG002 - the interface of pygls
        """Write a line about an error outside of our handlers; the answer to a request tells its own."""
        if not isinstance(error, JsonRpcException):
            self.session.log(bug(error))

    def _guarded(self, handler: Callable[[Any], T]) -> Callable[[Any], T | None]:
        """Return a handler whose errors become a line in the log: pygls would send their text to the editor."""

        def guarded(params: Any) -> T | None:
            try:
                return handler(params)
            except Exception as error:  # noqa: BLE001 - one message must not end the server
                self.session.log(bug(error))
                return None

        return guarded

    def _initialized(self, _: types.InitializedParams) -> None:
        workspace = self.protocol.workspace
        self._folders = [folder.uri for folder in workspace.folders.values()]
        if not self._folders and workspace.root_uri:
            self._folders = [workspace.root_uri]
        self.session.use_folders(self._folders)
        if self._can("workspace.did_change_watched_files.dynamic_registration"):
            watchers = [types.FileSystemWatcher(glob_pattern=f"**/{name}") for name in SETTINGS_FILES]
            watched = types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            registration = types.Registration(id="frontleak-settings", method=method, register_options=watched)
            self.client_register_capability(types.RegistrationParams([registration]))

    def _folders_changed(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        removed = {folder.uri for folder in params.event.removed}
        added = [folder.uri for folder in params.event.added]
        self._folders = [uri for uri in dict.fromkeys([*self._folders, *added]) if uri not in removed]
        self.session.use_folders(self._folders)

    def _can(self, capability: str) -> bool:
        return bool(get_capability(self.client_capabilities, capability))

    def _hover(self, params: types.HoverParams) -> types.Hover | None:
        document, found = self._at(params.text_document.uri, types.Range(params.position, params.position))
        if document is None or not found:
            return None
        forms = self.client_capabilities.text_document and self.client_capabilities.text_document.hover
        takes = (forms.content_format if forms else None) or [types.MarkupKind.PlainText]
        kind = types.MarkupKind.Markdown if types.MarkupKind.Markdown in takes else types.MarkupKind.PlainText
        text = markdown if kind is types.MarkupKind.Markdown else plain
        between = "\n\n---\n\n" if kind is types.MarkupKind.Markdown else "\n\n"
        content = types.MarkupContent(kind, between.join(map(text, found[:_MOST_WITH_HOVER])))
        return types.Hover(content, range_of(found[0], document))

    async def _actions(self, params: types.CodeActionParams) -> list[types.CodeAction] | None:
        wanted = params.context.only
        if wanted and not any(types.CodeActionKind.QuickFix.value.startswith(_text(each)) for each in wanted):
            return None
        document, found = self._at(params.text_document.uri, params.range)
        if document is None or not found:
            return None
        root = self.session.roots.of(document)
        del found[_MOST_WITH_ACTIONS:]
        diagnostics = [diagnostic_of(each, document, root.folder, self.session.text_of) for each in found]
        kinds = self._capability("workspace.workspace_edit.resource_operations") or ()
        versions = self._can("workspace.workspace_edit.document_changes")
        creates = versions and types.ResourceOperationKind.Create in kinds
        before = document.text
        made = await asyncio.get_running_loop().run_in_executor(
            self.session.texts.thread,  # the parser serves one thread
            actions_for,
            found,
            document.snapshot(),
            root,
            Editor(versions=versions, creates=creates),
            self.session.documents.taken_at,
            diagnostics,
        )
        return made if document.text is before else None

    def _capability(self, name: str) -> Any:
        return get_capability(self.client_capabilities, name)

    def _at(self, uri: str, where: types.Range) -> tuple[Document | None, list[Shown]]:
        """Return a document and what is shown at a range of it; nothing while a scan of its text is to come."""
        document = self.session.documents.get(uri)
        if document is None or document.secrets_text != document.text:
            return document, []
        first = document.positions.index(where.start.line, where.start.character)
        last = document.positions.index(where.end.line, where.end.character)
        return document, [each for each in document.shown if each.start <= last and first <= each.end]


def _nothing(_: Any) -> None:
    """Stand for a feature that the protocol handles itself."""


def _text(kind: Any) -> str:
    return str(getattr(kind, "value", kind))


def serve(stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Serve one editor until it ends the server or goes away; return the exit code that the protocol asks for."""
    logging.disable(sys.maxsize)  # pygls logs whole messages, which are texts of documents
    return asyncio.run(_serve(stdin, stdout))


async def _serve(stdin: BinaryIO, stdout: BinaryIO) -> int:
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def end(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    server = Server()
    server.protocol.ended = end
    server.protocol.set_writer(Output(stdout, lambda: end(1)))
    loop.set_exception_handler(lambda _, context: _unexpected(server, context))

    def take(body: bytes | None) -> None:
        asyncio.run_coroutine_threadsafe(_handle(server, body), loop).result()

    read_in_background(stdin, take, lambda: _call(loop, end, 1))
    try:
        return await ended
    finally:
        await server.session.close()


def _call(loop: asyncio.AbstractEventLoop, function: Callable[[int], None], code: int) -> None:
    loop.call_soon_threadsafe(function, code)


async def _handle(server: Server, body: bytes | None) -> None:
    if body is None:
        server.session.log("a message of the editor was too large, and was dropped")
        return
    try:
        message = json.loads(body, object_hook=server.protocol.structure_message)
    except (ValueError, RecursionError):
        server.session.log("a message of the editor was not valid JSON, and was dropped")
        return
    except JsonRpcException:
        message = None
    except Exception as error:  # noqa: BLE001 - such as too little memory
        server.session.log(bug(error))
        return
    if not hasattr(message, "jsonrpc"):
        server.session.log("a message of the editor was none of the protocol, and was dropped")
        return
    try:
        server.protocol.handle_message(message)
    except Exception as error:  # noqa: BLE001 - one message must not end the server
        server.report_server_error(error, None)


def _unexpected(server: Server, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if isinstance(error, BaseException):
        server.session.log(bug(error))
