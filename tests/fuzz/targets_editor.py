"""The fuzz target of the language server: what an editor sends, and edits in texts of any kind."""

import io
from collections.abc import Iterator
from typing import Final

from frontleak.cli.lsp.documents import Document, path_of
from frontleak.cli.lsp.ignore_comment import ignore_comment
from frontleak.cli.lsp.positions import utf8
from frontleak.cli.lsp.server_variable import server_variable
from frontleak.cli.lsp.shown import Shown, shown_in
from frontleak.cli.lsp.transport import messages
from tests.fuzz.target import Bytes, Target, expect

_ENCODINGS: Final = ("utf-16", "utf-8", "utf-32")
_NAMES: Final = ("a.ts", "a.tsx", "a.js", "a.vue", "a.svelte", "a.astro", "a.html", ".env", "a.yaml", "a.css", "a.json")
_FINDING: Final = {
    "rule": "sanity-token",
    "kind": "pattern",
    "exposure": "source",
    "severity": "high",
    "via": [],
    "also_at": [],
    "references": ["https://example.com"],
    "chain": [],
    "shipped": "",
    "title": "A",
    "secret": "a…",
    "line": 1,
}


def run_editor(data: bytes) -> None:
    """Frames, addresses, positions and edits; an ignore comment and a variable at any place of any text."""
    bodies = list(messages(io.BytesIO(data)))
    expect(sum(len(body or b"") for body in bodies) <= len(data), "more than was sent")
    path_of(data.decode("utf-8", "replace"))
    choices = Bytes(data)
    encoding, name = _ENCODINGS[choices.number(3)], _NAMES[choices.number(len(_NAMES))]
    numbers = [choices.number(40) for _ in range(6)]
    text = choices.rest.decode("utf-8", "replace")
    document = Document(uri="file:///p/a", path=f"/p/{name}", text=text, version=1, encoding=encoding)
    _check_positions(document)
    first, last = sorted((min(numbers[0], len(text)), min(numbers[1], len(text))))
    offset = document.positions.byte_of_index(first)
    place = {"offset": offset, "length": document.positions.byte_of_index(last) - offset, "path": name}
    for shown in shown_in([_FINDING | place], document, frozenset()):
        _check_edits(shown, document)
    document.replace("é\r\n", (numbers[2], numbers[3]), (numbers[4], numbers[5]))
    _check_positions(document)


def _check_positions(document: Document) -> None:
    positions, length = document.positions, len(document.text)
    before = int(document.text.startswith("\ufeff"))
    for index in {before, length // 2, length} - set(range(before)):
        expect(positions.index_of_byte(positions.byte_of_index(index)) == index, "another character at its byte")
        if document.text[max(0, index - 1) : index + 1] != "\r\n":
            expect(positions.index(*positions.spot(index)) == index, "another character at its position")


def _check_edits(shown: Shown, document: Document) -> None:
    comment = ignore_comment(shown, document)
    expect(comment is None or 0 <= comment.at <= len(document.text), "a comment outside of the text")
    expect(comment is None or "ignore[sanity-token]" in comment.text, "a comment without its rule")
    expect(server_variable(shown, document) is None, "a variable without a framework")
    expect(len(utf8(document.text)) >= shown.place["length"], "a place longer than the text")


def _editor_seeds() -> Iterator[bytes]:
    yield b"Content-Length: 2\r\n\r\n{}Content-Length: 1\r\n\r\n1"
    for name in range(len(_NAMES)):
        code = b"import 'server-only'\r\nconst a = `\n${b}\n` // \xf0\x9f\x98\x80\nconst t = 'abcdefgh'\n"
        yield bytes((name % 3, name, 10, 30, 1, 2, 2, 3)) + code
        yield bytes((name % 3, name, 8, 20, 0, 0, 9, 9)) + b"---\nt='abcdefgh'\n---\n<script>\na='x'\n</script>\n"
    yield bytes((1, 1, 5, 9, 0, 1, 1, 0)) + b"\xef\xbb\xbf<a>\n  text\n</a>\xe2\x80\xa8\x0c\r"
    yield b"file:///a%20b%ff.ts?x#y"


EDITOR_TARGETS: Final = (
    Target(
        name="editor",
        reads="messages of an editor, edits by positions in three encodings, and the places of comments and variables in source files",
        holds="no exception; each character keeps its position; edits lie inside the text",
        run=run_editor,
        seeds=_editor_seeds,
    ),
)
