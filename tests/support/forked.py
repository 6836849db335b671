"""What scans of a test process, and runs that it forks, work out once: most of the time of a small scan.

Most are functions of a file of the cache: its bytes, their checksum, the rules in it, the database in it. A scan finds
and checks these files as always; where one is another file or has changed, it works all out. The others are modules,
expressions that are constants of a module or of a shipped rule, and the state of the files of this checkout which name
the compiled rules: no test changes these.
"""

import contextlib
import functools
import os
import pickle
import pkgutil
import threading
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import hyperscan
import regex

import frontleak
from frontleak.core import cache
from frontleak.core.blob import Blob
from frontleak.core.errors import FrontleakError
from frontleak.core.lazy_regex import LazyRegex, LazyTextRegex
from frontleak.core.origins import FileOrigin
from frontleak.match import hyperscan_pass, prepare
from frontleak.match.engine import Engine
from frontleak.match.plugins.detect_secrets import add_plugin_rules
from frontleak.rules import load
from frontleak.rules.cached_rules import ruleset_from_json
from frontleak.rules.paths import rules_directory
from frontleak.rules.ruleset import RuleSet
from frontleak.rules.samples import draw
from frontleak.scanning.blob import scan_blob
from tests.support.run_folder import shared_folder

_LARGE: Final = 100_000
"""Bytes from which a checksum is kept: those of the rules and of the database."""


_MOST: Final = 8
"""Results that a function keeps: a test may compile sets of its own."""


class _Kept:
    """A function of a few large texts, with its last results in each thread: only one may scan with a database."""

    def __init__(self, work: Callable[..., Any], large: Callable[[Any], bytes]) -> None:
        self._work = work
        self._large = large
        self._results: list[tuple[int, Any, Any]] = []

    def __call__(self, *arguments: Any) -> Any:
        if len(self._large(arguments)) < _LARGE:
            return self._work(*arguments)
        thread = threading.get_ident()
        for of, known, result in self._results:  # comparing is faster than a hash
            if of == thread and known == arguments:
                return result
        self._results[_MOST - 1 :] = []
        self._results.insert(0, (thread, arguments, self._work(*arguments)))
        return self._results[0][2]


class _Hyperscan:
    """The module, with the databases that were loaded."""

    loadb = _Kept(hyperscan.loadb, lambda arguments: arguments[0])

    def __getattr__(self, name: str) -> Any:
        return getattr(hyperscan, name)


class _Content(bytes):
    """The content of a file, of which parts are copied once: most of it is one part."""

    def __getitem__(self, part: Any) -> Any:
        key = (part.start, part.stop) if isinstance(part, slice) and part.step is None else part
        parts: dict[Any, Any] = vars(self)
        if key not in parts:
            parts[key] = super().__getitem__(part)
        return parts[key]


_Opened = tuple[str, int, int, int, int, int]
_contents: Final[dict[_Opened, bytes]] = {}


def _content(file: Path) -> bytes | None:
    """Return the content of a file of the cache, which is not read again if it is the same and has not changed."""
    found = file.lstat()
    key = (str(file), found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    if key in _contents:
        return _contents[key]
    content = _read(file)
    if content is not None and len(content) >= _LARGE:
        if len(_contents) == _MOST:
            _contents.clear()
        content = _contents[key] = _Content(content)
    return content


@functools.cache
def _shipped_files(_rules: Path) -> tuple[tuple[str, str, str], ...]:
    return tuple(_list_files())


def _files() -> Iterable[tuple[str, str, str]]:
    """Yield the files of `load._files`: a thousand, of which a test may change only those of a folder of its own."""
    folder = vars(load)["rules_directory"]()
    return _shipped_files(folder) if folder == _OF_THE_CHECKOUT else _list_files()


_read: Final = cache._content
_list_files: Final = load._files
_OF_THE_CHECKOUT: Final = rules_directory()
_checksum: Final = _Kept(cache._checksum, lambda arguments: arguments[2])
_ruleset: Final = _Kept(ruleset_from_json, lambda arguments: arguments[0])


EXPRESSIONS: Final = "expressions.bin"
"""Below the folder of a run: expression of a shipped rule -> its pickle. Loading one takes a thirtieth of compiling it."""
_FLAGS: Final = regex.VERBOSE | regex.VERSION0
_compile: Final = regex.compile


def write_expressions(ruleset: RuleSet, file: Path) -> None:
    """Compile all expressions of a set and write them to a file."""
    pickles = {
        pattern: pickle.dumps(_compile(pattern, _FLAGS), pickle.HIGHEST_PROTOCOL)
        for pattern in {pattern.encode("ascii") for pattern in prepare._patterns(ruleset)}
    }
    half = file.with_suffix(".half")
    half.write_bytes(pickle.dumps(pickles))
    half.rename(file)


def _expression(pattern: Any, flags: int = 0, **options: Any) -> Any:
    kept = _expressions().get(pattern) if flags == _FLAGS and not options else None
    return _compile(pattern, flags, **options) if kept is None else pickle.loads(kept)


@functools.cache
def _expressions() -> Mapping[Any, bytes]:
    try:
        kept: Mapping[Any, bytes] = pickle.loads((shared_folder() / EXPRESSIONS).read_bytes())
    except FileNotFoundError:
        return {}
    return kept


_MODULES: Final = (
    *("difflib", "encodings.utf_8_sig", "hmac", "pathspec", "regex", "secrets", "tempfile", "yaml"),
    *("fastwarc.warc", "tree_sitter", "tree_sitter_javascript", "tree_sitter_typescript"),
)
"""Modules that commands import when they need them; those of the command itself are found."""
_LEFT: Final = "frontleak.cli.lsp"
"""A package that no forked run needs, and whose imports are slow."""


def import_late() -> None:
    """Import what commands import when they need it, and compile what they compile then.

    It is called when this process imports the tests, before one of them has replaced anything that a module imports.
    """
    for name in _MODULES:
        import_module(name)
    for found in pkgutil.walk_packages(frontleak.__path__, "frontleak."):
        if not found.name.startswith(_LEFT):
            for value in vars(import_module(found.name)).values():
                if isinstance(value, LazyRegex | LazyTextRegex):
                    _ = value.match


def work_out() -> None:
    """Work out what a run needs that reads the cache and the rules of this process."""
    _work_out(os.environ["FRONTLEAK_CACHE_DIR"], rules_directory())


@functools.cache
def _work_out(_cache: str, _rules: Path) -> None:
    with contextlib.suppress(FrontleakError):  # the run tells what is wrong
        engine = Engine(load.load_rules())
        written = f'createClient({{projectId: "abcd1234", token: "{draw("sk[A-Za-z0-9]{178}", "forked")}"}})'
        scan_blob(Blob(origin=FileOrigin(path="a.js"), data=written.encode()), engine)  # compiles what most tests need
        add_plugin_rules(engine.ruleset)  # imports all plugins of detect-secrets, and parses their expressions


_REMEMBERED: Final[tuple[tuple[Any, str, Any], ...]] = (
    (cache, "_content", _content),
    (cache, "_checksum", _checksum),
    (load, "_files", _files),
    (load, "ruleset_from_json", _ruleset),
    (hyperscan_pass, "hyperscan", _Hyperscan()),
    (regex, "compile", _expression),
)
"""Module, name and value of each function that remembers."""


def remember() -> None:
    """Let this process, and those that it forks, remember what they have worked out."""
    for module, name, value in _REMEMBERED:
        setattr(module, name, value)
