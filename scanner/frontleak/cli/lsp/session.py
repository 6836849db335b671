"""One session of an editor: takes what happens to documents, and tells the editor what is found."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from lsprotocol import types

from frontleak.cli.accepted import BASELINE
from frontleak.cli.lsp.documents import Document, Documents, path_of
from frontleak.cli.lsp.log import line_of
from frontleak.cli.lsp.positions import utf8
from frontleak.cli.lsp.project_scans import DELAY as PROJECT_DELAY
from frontleak.cli.lsp.project_scans import ProjectResult, ProjectScans
from frontleak.cli.lsp.roots import Root, Roots
from frontleak.cli.lsp.shown import MOST, Shown, diagnostic_of, shown_in, worst
from frontleak.cli.lsp.text_scans import MOST_BYTES, Outcome, TextScans
from frontleak.core.origins import FileOrigin
from frontleak.core.paths import display_path, slashes
from frontleak.core.repository import CONFIG_NAMES
from frontleak.files.utf8_text import text_of

if TYPE_CHECKING:
    from frontleak.cli.lsp.server import Server

SETTINGS_FILES: Final = (*CONFIG_NAMES, "pyproject.toml", BASELINE, ".gitignore", "package.json")
"""Files that change what is found in others."""


class Session:
    """What is open in the editor, and what it was told."""

    def __init__(self, server: "Server") -> None:
        """Begin with nothing open."""
        self._server = server
        self.documents = Documents()
        self.roots = Roots()
        self.texts = TextScans(self.roots, self._text_done, self.log)
        self.projects = ProjectScans(self._project_begins, self._project_done, self.log)
        self._own_rules: dict[str, frozenset[str]] = {}
        """Folder -> ids of the rules that only its configuration has."""
        self._told: dict[str, tuple[str, ...]] = {}
        self._at_start: dict[str, dict[str, str]] = {}
        """Folder -> URI -> text that the scan of the project reads on disk."""
        self._refused: set[str] = set()

    def log(self, text: str) -> None:
        """Write a line to the log of the editor."""
        message = types.LogMessageParams(types.MessageType.Warning, f"frontleak: {line_of(text)}")
        self._server.window_log_message(message)

    # --- documents ---------------------------------------------------------------------------------------------------

    def opened(self, params: types.DidOpenTextDocumentParams) -> None:
        """Scan a document that was opened, and its project if that was not scanned yet."""
        item = params.text_document
        encoding = self._server.protocol.encoding()
        document = self.documents.open(item.uri, item.language_id, item.version, item.text, encoding)
        if not document.path:
            return
        self.texts.plan(document, 0)
        root = self.roots.of(document)
        if document.is_untitled or not self._may_scan(root):
            return
        result = self.projects.results.get(root.folder)
        if result is not None and _is_older(document.path, result.started) and _is_saved(document):
            document.misuse_text = document.text
            document.misuse = self._misuse_in(document, root, result)
        elif not self.projects.is_planned(root):
            self.projects.plan(root)

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        """Apply the changes of a document, and scan it a moment later."""
        document = self.documents.get(params.text_document.uri)
        if document is None:
            return
        for change in params.content_changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = change.range.start, change.range.end
                document.replace(change.text, (start.line, start.character), (end.line, end.character))
            else:
                document.replace(change.text)
        document.version = params.text_document.version
        if document.path:
            self.texts.plan(document)

    def saved(self, params: types.DidSaveTextDocumentParams) -> None:
        """Scan the project of a document that was saved."""
        document = self.documents.get(params.text_document.uri)
        path = path_of(params.text_document.uri)
        if document is None or document.is_untitled or not path:
            return
        if path.rpartition("/")[2] in SETTINGS_FILES:
            self.rescan()
        root = self.roots.of(document)
        if self._may_scan(root):
            self.projects.plan(root)

    def closed(self, params: types.DidCloseTextDocumentParams) -> None:
        """Forget a document, and what was found in it."""
        document = self.documents.close(params.text_document.uri)
        if document is not None:
            self.texts.drop(document)
            self._publish(document, [])

    def files_changed(self, params: types.DidChangeWatchedFilesParams) -> None:
        """Scan what is open again, because a file of settings has changed."""
        if any(path_of(change.uri).rpartition("/")[2] in SETTINGS_FILES for change in params.changes):
            self.rescan()
            self._plan_projects()

    def use_folders(self, uris: Sequence[str]) -> None:
        """Take the folders that are open in the editor."""
        self.roots.use(path_of(uri) for uri in uris)
        self.rescan()
        self._plan_projects()

    def rescan(self) -> None:
        """Scan all open documents again."""
        for document in self.documents:
            if document.path:
                self.texts.plan(document)

    async def close(self) -> None:
        """End all scans."""
        self.texts.close()
        await self.projects.close()

    # --- results -----------------------------------------------------------------------------------------------------

    def text_of(self, path: str) -> str | None:
        """Return the text of a file as the editor has it; None if it is not open."""
        document = self.documents.at(path)
        return None if document is None else document.text

    def _text_done(self, document: Document, root: Root, outcome: Outcome) -> None:
        if outcome.settings is not None:
            self._own_rules[root.folder] = outcome.settings.own_rules
        self._tell(document, root, outcome)
        document.secrets, document.secrets_text = outcome.shown, document.text
        if outcome.is_mistake:
            document.misuse, document.misuse_text = (), None
        self.refresh(document)

    def _tell(self, document: Document, root: Root, outcome: Outcome) -> None:
        """Tell what keeps from scanning, once: a mistake in a message, anything else in the log."""
        key = root.folder if outcome.is_mistake else document.uri
        if not outcome.problem:
            self._told.pop(document.uri, None)
            self._told.pop(root.folder, None)
        elif self._told.get(key) != outcome.problem:
            self._told[key] = outcome.problem
            for line in outcome.problem:
                self.log(line)
            if outcome.is_mistake:
                more = f" (and {len(outcome.problem) - 1} more, in the log)" if len(outcome.problem) > 1 else ""
                text = f"frontleak: nothing is scanned until this is corrected: {line_of(outcome.problem[0])}{more}"
                self._server.window_show_message(types.ShowMessageParams(types.MessageType.Error, text))

    def refresh(self, document: Document) -> None:
        """Tell the editor what is found in a document; only what is found in its present text."""
        secrets = document.secrets if document.secrets_text == document.text else ()
        misuse = document.misuse if document.misuse_text == document.text else ()
        same = {(each.start, each.end) for each in misuse}
        shown = [*misuse, *(each for each in secrets if (each.start, each.end) not in same)]
        document.shown = worst(shown)
        if len(shown) > MOST and len(shown) != document.count:
            name = FileOrigin(path=document.path).display
            self.log(f"{name}: {len(shown):,} findings; the worst {MOST} are shown")
        document.count = len(shown)
        folder = self.roots.of(document).folder
        self._publish(document, [diagnostic_of(each, document, folder, self.text_of) for each in document.shown])

    def _publish(self, document: Document, diagnostics: list[types.Diagnostic]) -> None:
        params = types.PublishDiagnosticsParams(document.uri, diagnostics, version=document.version)
        self._server.text_document_publish_diagnostics(params)

    # --- projects ----------------------------------------------------------------------------------------------------

    def _plan_projects(self) -> None:
        roots = {root.folder: root for root in map(self.roots.of, self._files())}
        for root in roots.values():
            if self._may_scan(root):
                self.projects.plan(root, PROJECT_DELAY)

    def _files(self) -> list[Document]:
        return [each for each in self.documents if each.path and not each.is_untitled]

    def _may_scan(self, root: Root) -> bool:
        """Return whether a folder is scanned as a whole: one that the editor has opened, but no home folder."""
        if not self.roots.is_open(root):
            return False
        if root.real not in {"/", slashes(os.path.realpath(os.path.expanduser("~")))}:
            return True
        if root.folder not in self._refused:
            self._refused.add(root.folder)
            name = FileOrigin(path=root.folder).display
            self.log(f"{name}: import chains are not checked in so wide a folder; open that of the project")
        return False

    def _project_begins(self, root: Root) -> None:
        """Remember which texts the scan will read: those that are saved."""
        self._at_start[root.folder] = {
            document.uri: document.text
            for document in self._files()
            if self.roots.of(document) is root and _is_saved(document)
        }

    def _project_done(self, root: Root, result: ProjectResult) -> None:
        at_start = self._at_start.pop(root.folder, {})
        for document in self._files():
            if self.roots.of(document) is not root:
                continue
            if at_start.get(document.uri) == document.text:
                document.misuse_text = document.text
                document.misuse = self._misuse_in(document, root, result)
            else:
                document.misuse, document.misuse_text = (), None
            if document.secrets_text == document.text:  # else the scan of the text, which is to come, tells both
                self.refresh(document)

    def _misuse_in(self, document: Document, root: Root, result: ProjectResult) -> tuple[Shown, ...]:
        own = self._own_rules.get(root.folder, frozenset())
        shown = FileOrigin(path=display_path(root.folder, document.path)).display
        return shown_in(result.findings, document, own, shown)


def _is_saved(document: Document) -> bool:
    """Return whether the text of a document is that of its file."""
    try:
        with open(document.path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError:
        return False
    return len(data) <= MOST_BYTES and text_of(data) == utf8(document.text)


def _is_older(path: str, moment: int) -> bool:
    """Return whether a file was last changed before a moment, in nanoseconds."""
    try:
        return os.stat(path).st_mtime_ns < moment
    except OSError:
        return False
