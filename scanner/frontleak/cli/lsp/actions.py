"""The actions that an editor offers on a finding. Each is an edit that the editor applies; none writes the secret."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir
from pathlib import Path
from typing import Final, NamedTuple

from lsprotocol import types

from frontleak.cli.config import find_config
from frontleak.cli.lsp.documents import Document, uri_of
from frontleak.cli.lsp.ignore_comment import REASON, ignore_comment
from frontleak.cli.lsp.roots import Root
from frontleak.cli.lsp.server_variable import server_variable
from frontleak.cli.lsp.shown import Shown, position
from frontleak.core.paths import slashes
from frontleak.core.repository import CONFIG_NAMES, project_top
from frontleak.rules.frameworks import using_frameworks
from frontleak.rules.yaml_edit import append_entry

_KEY: Final = "ignore-findings"
_MOST_BYTES: Final = 4_000_000
"""Bytes of the largest configuration file that is edited."""


class Editor(NamedTuple):
    """What the editor can do with an edit."""

    versions: bool
    """Whether it takes edits of versions of documents."""
    creates: bool
    """Whether it can create a file in an edit."""


def actions_for(
    shown: Sequence[Shown],
    document: Document,
    root: Root,
    editor: Editor,
    opened: Callable[[str], Document | None],
    diagnostics: Sequence[types.Diagnostic],
) -> list[types.CodeAction]:
    """Return the actions on some findings of a document.

    Args:
        shown: the findings.
        document: with the text that they are of.
        root: the folder that is scanned.
        editor: what it can do.
        opened: absolute path -> the open document of a file.
        diagnostics: of the findings, in the same order.

    Raises:
        FrontleakError, click.ClickException: the settings of the folder are not valid.
    """
    with chdir(root.folder), using_frameworks(root.settings().ruleset.frameworks):
        return [
            action
            for one, diagnostic in zip(shown, diagnostics, strict=True)
            for action in _actions(one, document, root.folder, editor, opened, diagnostic)
        ]


def _actions(
    one: Shown,
    document: Document,
    folder: str,
    editor: Editor,
    opened: Callable[[str], Document | None],
    diagnostic: types.Diagnostic,
) -> Iterator[types.CodeAction]:
    moved = server_variable(one, document)
    if moved is not None:
        edits = [_edit(document, moved.start, moved.end, moved.text)]
        if moved.first_line:
            newline = "\r\n" if "\r\n" in document.text else "\n"
            edits.insert(0, _edit(document, moved.first_index, moved.first_index, f"{moved.first_line}{newline}"))
        title = f"Move to a server variable: set {moved.variable} on the server, and rotate the secret"
        yield _action(title, diagnostic, _changes(document, edits, editor))
    comment = ignore_comment(one, document)
    if comment is not None:
        edit = _edit(document, comment.at, comment.at, comment.text)
        title = f"Ignore this finding with a reason: comment for {one.rule}"
        yield _action(title, diagnostic, _changes(document, [edit], editor))
    entry = _entry(one, folder, editor, opened)
    if entry is not None:
        name, change = entry
        yield _action(f"Ignore this finding with a reason: entry in {name}", diagnostic, change)


def _action(title: str, diagnostic: types.Diagnostic, edit: types.WorkspaceEdit) -> types.CodeAction:
    return types.CodeAction(title=title, kind=types.CodeActionKind.QuickFix, diagnostics=[diagnostic], edit=edit)


def _edit(document: Document, start: int, end: int, text: str) -> types.TextEdit:
    return types.TextEdit(types.Range(position(document, start), position(document, end)), text)


def _changes(document: Document, edits: Sequence[types.TextEdit], editor: Editor) -> types.WorkspaceEdit:
    if not editor.versions:
        return types.WorkspaceEdit(changes={document.uri: list(edits)})
    versioned = types.OptionalVersionedTextDocumentIdentifier(uri=document.uri, version=document.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(versioned, list(edits))])


def _entry(
    one: Shown, folder: str, editor: Editor, opened: Callable[[str], Document | None]
) -> tuple[str, types.WorkspaceEdit] | None:
    """Return the name of the configuration file, and the edit that adds the finding to what it ignores."""
    found = find_config(Path(folder))
    entry = {"fingerprint": one.finding["fingerprint"], "reason": REASON}
    if found is None:
        path = f"{(project_top(folder) or folder).rstrip('/')}/{CONFIG_NAMES[0]}"
        made = append_entry("", _KEY, entry)
        if not editor.creates or made is None or os.path.lexists(path):
            return None
        uri = uri_of(path)
        inserted = types.TextEdit(types.Range(types.Position(0, 0), types.Position(0, 0)), made)
        created = types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri=uri), [inserted])
        return CONFIG_NAMES[0], types.WorkspaceEdit(document_changes=[types.CreateFile(uri=uri), created])
    if found.suffix == ".toml":
        return None
    path = slashes(str(found))
    document = opened(path) or _on_disk(path)
    if document is None:
        return None
    made = append_entry(document.text, _KEY, entry)
    if made is None:
        return None
    start, end, text = _difference(document.text, made)
    return found.name, _changes(document, [_edit(document, start, end, text)], editor)


def _on_disk(path: str) -> Document | None:
    """Return a file that is not open as a document without a version."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            text = file.read(_MOST_BYTES)  # its edits begin and end at a line, so columns need no encoding
    except (OSError, UnicodeDecodeError):
        return None
    return Document(uri=uri_of(path), path=path, text=text, version=None) if len(text) < _MOST_BYTES else None


def _difference(old: str, new: str) -> tuple[int, int, str]:
    """Return the lines of a text that differ in another one: where they begin and end, and the new ones."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    last = 0
    while last < min(len(before), len(after)) - same and before[-1 - last] == after[-1 - last]:
        last += 1
    start = sum(map(len, before[:same]))
    end = len(old) - sum(map(len, before[len(before) - last :]))
    return start, end, "".join(after[same : len(after) - last])
