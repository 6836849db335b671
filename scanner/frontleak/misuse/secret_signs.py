"""Signs in the text of a file that a secret or the environment may come from it, or that it makes Sanity Live.

A value is a secret only if it is read where one of them stands: in its own file, or in one that this imports.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.misuse.environment import ENVIRONMENT, PROCESS, variable_functions
from frontleak.misuse.sanity_clients import facts
from frontleak.misuse.variable_names import is_secret, public_prefix, public_prefixes
from frontleak.modulegraph.file_summary import FileSummary
from frontleak.modulegraph.import_scan import ImportSite
from frontleak.rules.code_names import CodeNames, any_of, made_of_code_names
from frontleak.rules.frameworks import Framework, made_of_frameworks
from frontleak.rules.load import load_data

HAS_SIGN: Final = 128
"""Mark of a summary: the file has one."""
_LITERAL: Final = LazyRegex(rb"sk[A-Za-z0-9]{40}")
_CAPITALS: Final = LazyRegex(rb"_[A-Z0-9]")
_NAME: Final = LazyRegex(rb"[A-Z0-9_]{4,}+")
"""Matches what may be the name of a variable, or the end of one that code puts together."""
_LONGEST_NAME: Final = 100
"""Bytes of the longest name that is judged; a longer one may be a secret's."""
_PIECE: Final = LazyRegex(rb"_(?<=[A-Z0-9]_)(?:[\"'`]|\$\{)")
"""Matches the beginning of such a name: `'SANITY_' + 'TOKEN'`."""
_QUOTED: Final = rb"[\"'`][A-Z]{5,16}[\"'`]"
"""Matches a word that may be put together with another."""
_COMMENT: Final = LazyRegex(rb"[ \t]*+//[^{\r\n\xe2]*+")
"""Matches the beginning of a line that is no code: a comment, or text of a template or element before a placeholder."""
_PARSED: Final = LazyRegex(rb"\bconfig\s*(?:\(|\?\.)")
"""A call whose result has the variables of an `.env` file in its member `parsed`."""


def has_sign(text: bytes, imports: Sequence[ImportSite], *, is_likely: bool) -> bool:
    """Return whether a file has one: a token, the environment or its modules, a secret's name in capitals.

    `is_likely` says whether `likely_signs` matches.
    """
    return (
        (is_likely and _has_likely(text))
        or any(site.specifier in _modules() for site in imports)
        or (_CAPITALS.search(text) is not None and any(map(_is_secrets, set(_NAME.findall(text)))))
        or _PIECE.search(text) is not None
        or _LITERAL.search(text) is not None
    )


@made_of_code_names
def likely_signs(_: CodeNames) -> bytes:
    """Return a regular expression, as text, for what may be a sign, but for tokens and names in capitals."""
    return b"|".join((*map(re.escape, (*_environment()[0], *_texts(), b"parsed")), _QUOTED))


def shows_sign(file: FileSummary) -> bool:
    """Return whether a file has one, or was not read."""
    return bool(file.marks & HAS_SIGN) or file.unread


def _has_likely(text: bytes) -> bool:
    return (
        any(word in text for word in _texts())
        or (b"parsed" in text and _PARSED.search(text) is not None)
        or _has_environment(text)
        or any(_is_secret(word[1:-1]) for word in re.findall(_QUOTED, text))
    )


def _has_environment(text: bytes) -> bool:
    """Return whether a file has the environment; where it reads one variable of it, by its name, the name decides."""
    silent = 0  # the end of the last comment
    for match in _environment()[1].finditer(text):
        start = match.start()
        if start < silent or match["other"] or (match["name"] is not None and not _is_secret(match["name"])):
            continue
        comment = _COMMENT.match(text, text.rfind(b"\n", 0, start) + 1)
        if comment is None or comment.end() < start:
            return True
        silent = comment.end()
    return False


def _is_secrets(name: bytes) -> bool:
    """Return whether a name in capitals is that of a secret; one word alone is no name of a variable."""
    return b"_" in name and _is_secret(name)


def _is_secret(name: bytes) -> bool:
    """Return whether a name denotes a secret, also behind a public prefix."""
    if len(name) > _LONGEST_NAME:
        return True
    text = name.decode()
    return is_secret(text) or (text.startswith(_prefixes()) and is_secret(text, public_prefix(text)))


@made_of_frameworks
def _prefixes(_: tuple[Framework, ...]) -> tuple[str, ...]:
    return tuple(public_prefixes())


@made_of_code_names
def _environment(names: CodeNames) -> tuple[Sequence[bytes], re.Pattern[bytes]]:
    """Return what expressions for the environment begin with, and an expression for one.

    Its group `name` is the variable that is read. Group `other` is what follows where it is not the environment:
    another member, a call, a test, or prose, because no word but these five stands behind an expression.
    """
    found = [name.rpartition(".") for name in _simple(names)]
    roots = sorted({root.encode() for root, _, _ in found})
    pieces = {
        b"ROOT": b"|".join(map(re.escape, roots)),
        b"LAST": any_of(sorted({last for _, _, last in found})).encode(),
        b"PROSE": rb"[ \t]++(?!(?:as|in|instanceof|of|satisfies)\b)[a-z]|\.[\"'`)*]",
        b"TEST": rb"\s*+(?:[(<]|&&|[!=]=)",
        b"DOT": rb"\s*+\??\.\s*+",
        b"NAME": rb"(?P<name>[A-Z][A-Z0-9_]*+)(?![\w$])",
    }
    pattern = rb"\b(?:ROOT)\b(?:(?P<other>PROSE|TEST|DOT(?!LAST\b)[A-Za-z_$]|DOTLAST(?:PROSE))|DOTLASTDOTNAME)?"
    for name, piece in pieces.items():
        pattern = pattern.replace(name, piece)
    return roots, re.compile(pattern)


def _simple(names: CodeNames) -> Iterable[str]:
    """Return the expressions for the environment that are one member of a name, or of `import.meta`."""
    return (name for name in _all(names) if name.removeprefix("import.").count(".") == 1)


def _all(names: CodeNames) -> frozenset[str]:
    return frozenset({*ENVIRONMENT, *names.environment, *names.inlined_environment})


@made_of_code_names
def _texts(names: CodeNames) -> Sequence[bytes]:
    """Return texts of which a file has one that calls a function for variables or settings, or makes Sanity Live."""
    functions = (*names.environment_functions, *variable_functions(), *names.settings_functions)
    declared = (each.function for each in names.public_declarations)
    others = (name.rpartition(".")[2] for name in _all(names).difference(_simple(names)))
    found = {*functions, *declared, *others, facts()["live"]["function"]}
    return [text.encode() for text in sorted(found) if not any(each in text for each in found - {text})]


@made_of_code_names
def _modules(names: CodeNames) -> frozenset[str]:
    """Return the modules that export variables, settings or functions that return variables."""
    readers = load_data("code/environment.yaml")["readers"]
    return frozenset({*PROCESS, *names.environment_modules, *names.settings_modules, *readers})
