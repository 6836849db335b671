"""What of the shapes, embeddings and encodings is found: the page docs/limitations.md."""

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from frontleak.core.origins import FileOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.files.read import to_blob
from frontleak.scanning.blob import scan_blob
from frontleak.selfcheck.pattern_rules import fakes, fill
from tests.matrix.embeddings import EMBEDDINGS
from tests.matrix.encodings import ENCODINGS
from tests.matrix.shapes import SHAPES, token
from tests.matrix.ways import FOLLOWED, NOT_FOLLOWED
from tests.support.paths import ROOT
from tests.support.shipped import Shipped, full_engine, shipped

MINIFIED: Final = ("as written", "esbuild", "terser", "swc")
OBFUSCATED: Final = ("obfuscator low", "obfuscator medium", "obfuscator high")
TOOLS: Final = (*MINIFIED, *OBFUSCATED)
"""What the shapes went through, and the names of the columns."""


@functools.cache
def outputs(tool: str) -> dict[str, str]:
    """Return what a tool made of each shape it was given."""
    file = Path(__file__).parent / "outputs" / f"{tool.replace(' ', '-')}.json"
    made: dict[str, str] = json.loads(file.read_text("utf-8"))
    return made


@functools.cache
def found(tool: str, embedding: str = "script file") -> dict[str, bool]:
    """Return, for each shape that was given to a tool, whether its token is found in the embedded output."""
    embed = EMBEDDINGS[embedding]
    return {shape: _holds(embed(code).encode(), token(shape)) for shape, code in outputs(tool).items()}


@functools.cache
def encoded(encoding: str) -> dict[str, bool]:
    """Return, for each rule, whether the secret of its first example is found when the example is encoded."""
    encode = ENCODINGS[encoding]
    return {item.rule.id: _is_found(item, encode(example)) for item, example in _examples()}


def _examples() -> Iterator[tuple[Shipped, str]]:
    for item in shipped():
        example = next(example for example in item.syntax.examples if "{sample}" in example)
        yield item, fill(example, fakes(item.syntax.samples, item.rule, "matrix"))


def _is_found(item: Shipped, data: bytes) -> bool:
    return _holds(data, fakes(item.syntax.samples, item.rule, "matrix")["sample"])


def _holds(data: bytes, secret: str) -> bool:
    blob = to_blob(FileOrigin(path="app.js"), data, Exposure.SERVED)
    return any(finding.secret.reveal() == secret.encode() for finding in scan_blob(blob, full_engine()).findings)


_INTRODUCTION: Final = """\
# What is found, and what is not

Written by `python docs/generate.py` from the test matrix in `tests/matrix/`; the tests hold every *yes* below. What stands in
a form that is not read is not reported, and silence about it means nothing.
"""
_SHAPES: Final = """\
## Strings that code puts together

How a token may be written in a module, and what each tool makes of it. Nothing is executed: a small expression round a place
that may hold a secret is parsed and its constants are folded, under a budget for each file. A file whose strings sit in a
table that is decoded or put in order at run time is named under *Not scanned*.
"""
_EMBEDDINGS: Final = """\
## Where the script stands

The same forms, embedded: how many of them are found.
"""
_MISSED: Final = "Not found although the tool leaves the form readable:"
_ENCODINGS: Final = """\
## Encodings

The first example of every rule, encoded as a whole: in how many the secret is found. Encoded text is looked at where the
beginning of some rule's secrets shows in it; a key that is nothing but 32 hexadecimal digits has no beginning to look for.
"""
_BUILDS: Final = """\
## Real builds

Each fixture under `fixtures/` was built by its real toolchain ([fixtures/README.md](../fixtures/README.md) says what leaks and
by which route). The acceptance tests hold every place, with its line, column, original file and exposure, and that what stays
on the server is never called served.
"""
_WAYS: Final = """\
## Source code

Which of the ways by which a token gets from a source file into the bundle are followed ([frameworks.md](frameworks.md) says
where they begin). The tests hold both columns: each way stands alone in a small project, in which the token is found or not.
What the page of a framework lists under *What it cannot see* comes on top.
"""
_UNREAD: Final = """\
Code is analysed in a project (a package.json, or a repository) whose files speak of Sanity, of a public variable whose name means
a secret, or are the configuration of a framework. Nothing is run: every branch counts as taken, except in `a ? b : c`, `&&` and
`||` where `a` asks whether the code runs on the server; an `if` is not looked at. Whether a name means a secret, and whether a
token may write, is told by its words alone ([rules/code/names.yaml](../rules/code/names.yaml)). A file with a long line that was
to be analysed, or one that is too large, is listed under *Not scanned*; so are files of which a part could not be parsed, with
its line, and settings that are not understood. Of imports of browser code that lead nowhere, the first is named, and how many
more there are. One rule lists 1,000 places of a file.
"""
_REST: Final = """\
## Files

| file | read |
|---|---|
| gzip, Brotli and zstd copies; zip, tar (gzip), npm packages, asar, crx, xpi, apk, ipa | yes, under caps on size, number, depth and ratio |
| WebAssembly, Hermes byte code, other binaries | yes, as bytes: exact patterns, UTF-16 texts |
| images, fonts | as bytes; nothing is decoded from pixels |
| 7z, rar, bzip2, xz, Brotli without its file ending | no |
| encrypted members of archives | no, and said so |

## Other limits

- Who sees a file is decided by where it lies ([frameworks.md](frameworks.md)); a layout that is not known counts as served.
- The shape of a Sanity token does not tell whether it may write, whose it is, or whether it is alive.
- Names in code are followed inside one file, backwards over at most 64,000 bytes, without scopes: the nearest assignment that
  may be seen from the place counts.
- `.gitignore` is read as git does, but a file that is tracked although a pattern names it is left out of a walk like any other
  (name it, or give `--no-gitignore`); `?` stands for a character, where git takes it for a byte; the exclude file of a second
  work tree is not looked for.
- Members of an archive have no source map but their own inline one.
- A finding's fingerprint is made with a fixed key: for a short, guessable secret, whoever has the report can test guesses.
- Where tree-sitter has no wheel (Python 3.15, Alpine on ARM), strings that code puts together are not worked out, except lists
  of character codes, and no source code is analysed, which *Not scanned* says; everything else is read.
"""


def limitations_page() -> str:
    """Return the page docs/limitations.md."""
    parts = (
        _INTRODUCTION,
        _SHAPES,
        shapes_table(),
        _EMBEDDINGS,
        embeddings_table(),
        _MISSED,
        missed_list(),
        _ENCODINGS,
        encodings_table(),
        _BUILDS,
        builds_table(),
        _WAYS,
        ways_table(),
        _UNREAD,
        _REST,
    )
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def shapes_table() -> str:
    """Return the table of shapes and tools, each cell `yes`, `no`, or empty when it was not tried."""
    lines = [f"| form | {' | '.join(TOOLS)} |", f"|---|{'---|' * len(TOOLS)}"]
    words = {True: "yes", False: "**no**", None: ""}
    for shape in SHAPES:
        cells = (words[found(tool).get(shape)] for tool in TOOLS)
        lines.append(f"| {_cell(shape)} | {' | '.join(cells)} |")
    lines.append(f"| **all** | {' | '.join(_count(found(tool)) for tool in TOOLS)} |")
    return "\n".join(lines)


def embeddings_table() -> str:
    """Return the table of embeddings and minifiers: how many of the shapes are found."""
    tools = (*MINIFIED, OBFUSCATED[0])
    lines = [f"| where the script stands | {' | '.join(tools)} |", f"|---|{'---|' * len(tools)}"]
    lines += (f"| {name} | {' | '.join(_count(found(tool, name)) for tool in tools)} |" for name in EMBEDDINGS)
    return "\n".join(lines)


def missed_list() -> str:
    """Return the list of shapes that are not found in some embedding although the tool keeps them readable."""
    lines = []
    for name in EMBEDDINGS:
        for tool in MINIFIED:
            missed = [_cell(shape) for shape, held in found(tool, name).items() if not held]
            if missed:
                lines.append(f"- {name}, {tool}: {', '.join(missed)}")
    return "\n".join(lines) or "- none"


def encodings_table() -> str:
    """Return the table of encodings: in how many rules' examples the secret is found, and in which it is not."""
    lines = ["| encoding | found | not found |", "|---|---|---|"]
    for name in ENCODINGS:
        results = encoded(name)
        missed = ", ".join(f"`{rule}`" for rule, held in results.items() if not held)
        lines.append(f"| {name} | {_count(results)} | {missed} |")
    return "\n".join(lines)


def builds_table() -> str:
    """Return the table of real builds that the acceptance tests hold: leaks, places, and the forms of the places."""
    lines = ["| build | made by | leaks | places | forms | kept on the server |", "|---|---|---|---|---|---|"]
    for file in sorted((ROOT / "fixtures").glob("*/EXPECTED.yaml")):
        text = file.read_text("utf-8")
        expected: dict[str, Any] = yaml.safe_load(text)
        places = [place for leak in expected["findings"] for place in leak["places"]]
        forms = sorted({f"{place['form']}{_inner(place)}" for place in places})
        tools = text.partition("\n")[0].lstrip("# ").partition(":")[0]
        lines.append(
            f"| {file.parent.name} | {tools} | {len(expected['findings'])} | {len(places)} | {', '.join(forms)} "
            f"| {len(expected['not_leaked'])} |"
        )
    return "\n".join(lines)


def ways_table() -> str:
    """Return the table of the ways of a token into the bundle, each with whether it is followed."""
    lines = ["| way | followed |", "|---|---|"]
    lines += (f"| {_cell(way)} | yes |" for way in FOLLOWED)
    lines += (f"| {_cell(way)} | **no** |" for way in NOT_FOLLOWED)
    return "\n".join(lines)


def _inner(place: dict[str, Any]) -> str:
    inner = place.get("inner", "plain")
    return "" if inner == "plain" else f" of {inner}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _count(results: dict[str, bool]) -> str:
    return f"{sum(results.values())} of {len(results)}"
