"""Load the rules, and the data that ships with them.

YAML is slow to parse and rules are slow to compile, so a wheel contains the compiled form (`core/compiled_files.py`),
and everything else is kept in the user's cache. In a checkout, names, sizes and times of change of the files name the
compiled rules: a start reads no file, and an edited rule is compiled anew. In a wheel they belong to the package, like
its modules, and no file is looked at. Own rules are compiled alone and added to the shipped ones.
"""

import functools
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from frontleak.core import cache as user_cache
from frontleak.core import compiled_files
from frontleak.core.errors import RuleError
from frontleak.core.version import VERSION
from frontleak.rules.cached_rules import ruleset_from_json, ruleset_to_json
from frontleak.rules.paths import (
    FRAMEWORKS_FOLDER,
    MACROS_FILE,
    RULE_FOLDERS,
    TRIGGERS_FILE,
    framework_files,
    own_files,
    read_files,
    rule_files,
    rules_directory,
)
from frontleak.rules.pattern_rule import Trigger
from frontleak.rules.ruleset import RuleSet, digest_of

if TYPE_CHECKING:
    from frontleak.rules.compile import Built
    from frontleak.rules.schema import KnownNames

_ADVICE: Final = "docs/writing-rules.md explains every field"
_COMPILED: Final = "rules-shipped.bin"
"""Name of the compiled set in a wheel."""


def load_rules(extra: Sequence[Path] = (), names: "Callable[[], KnownNames] | None" = None) -> RuleSet:
    """Load the shipped rules of all kinds and frameworks, and custom ones in extra files and folders.

    Args:
        extra: files and folders with rules.
        names: returns the names that custom rules may use; called only if some are compiled. Without it, the names
            of verifiers and checks are not checked.

    Raises:
        RuleError: a file is invalid; the error lists every mistake in every file.
    """
    own = own_files(extra)
    shipped = _shipped_rules()
    if not own:
        return shipped
    from frontleak.rules.added_rules import with_added  # noqa: PLC0415 - most scans run the shipped rules

    return with_added(shipped, _own_rules(own, shipped, names))


def _shipped_rules() -> RuleSet:
    prepared = compiled_files.read(_COMPILED)
    if prepared is not None and (restored := ruleset_from_json(prepared)) is not None:
        return restored
    return _kept(_shipped_name(), lambda: ruleset_to_json(*_compile(_texts(), None)))


def _shipped_name() -> str:
    files = (part for file in _files() for part in file)
    return f"rules-{digest_of(VERSION, str(rules_directory()), *files, *_compiler())}.bin"


def _own_rules(own: Sequence[Path], shipped: RuleSet, names: "Callable[[], KnownNames] | None") -> RuleSet:
    """Return a set of own rules alone, with what they add to the triggers and beginnings of the shipped ones."""
    texts = read_files(own)
    written = (part for file, text in texts.items() for part in (str(file), text))
    digest = digest_of(shipped.digest, *written)
    name = f"own-{digest_of(digest, '' if names else 'unchecked', *_compiler())}.bin"
    return _kept(name, lambda: ruleset_to_json(*_compile_own(texts, shipped, digest, names() if names else None)))


def _kept(name: str, compiled: Callable[[], bytes]) -> RuleSet:
    """Return a set from the cache; if it is not there, compile and store it."""
    cached = user_cache.read(name)
    if cached is not None and (restored := ruleset_from_json(cached)) is not None:
        return restored
    data = compiled()
    user_cache.write(name, data)
    restored = ruleset_from_json(data)
    assert restored is not None, "a set has the form that it was written in"
    return restored


def compiled_rules() -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of the files that spare an installed package the compilation of what ships with it.

    All are compiled from the rule files, none is taken from a cache. The first holds the rules.
    """
    yield _COMPILED, ruleset_to_json(*_compile(_texts(), None))
    others = sorted({*rules_directory().rglob("*.yaml")} - _texts().keys())
    for kind, files in ((FRAMEWORKS_FOLDER, framework_files()), *(("values", (file,)) for file in others)):
        yield _values_name(kind, read_files(files)), json.dumps(_parsed(read_files(files))).encode()


def _files() -> Iterator[tuple[str, str, str]]:
    """Yield name, size and time of change of the shipped files with rules, macros, triggers or a framework.

    They are sorted by folder and name, and not read: to read hundreds takes longer than the rest of a start.
    """
    root = rules_directory()
    for folder in ("", *RULE_FOLDERS, FRAMEWORKS_FOLDER):
        try:
            with os.scandir(root / folder) as entries:
                stats = sorted((entry.name, entry.stat()) for entry in entries if entry.name.endswith(".yaml"))
        except OSError:
            continue  # told when it is compiled
        for name, stat in stats:
            if folder or name in {MACROS_FILE, TRIGGERS_FILE}:
                yield f"{folder}/{name}", str(stat.st_size), str(stat.st_mtime_ns)


def _texts() -> dict[Path, bytes]:
    root = rules_directory()
    return read_files((root / MACROS_FILE, root / TRIGGERS_FILE, *rule_files(), *framework_files()))


_Compiled = tuple[RuleSet, list[dict[str, Any]], list[dict[str, Any]]]
"""A set, and the forms in the cache of its rules of other kinds than `pattern` and of its frameworks."""


def _compile(texts: Mapping[Path, bytes], names: "KnownNames | None") -> _Compiled:
    # these import yaml, only needed on a cache miss
    from frontleak.rules.compile import build_all, build_triggers  # noqa: PLC0415
    from frontleak.rules.data_files import TRIGGERS  # noqa: PLC0415
    from frontleak.rules.read import read_all, read_data  # noqa: PLC0415

    triggers_file = rules_directory() / TRIGGERS_FILE
    written, mistakes = read_data(triggers_file, texts[triggers_file], TRIGGERS, names)
    sources = read_all({file: text for file, text in texts.items() if file != triggers_file}, names)
    built = build_all(sources, trusted=True)
    triggers, wrong = build_triggers(written, sources) if not mistakes else ((), [])
    digest = digest_of(VERSION, *(part for file, text in texts.items() for part in (file.name, text)))
    return _set_of(built, triggers, digest, [*mistakes, *wrong])


def _compile_own(texts: Mapping[Path, bytes], shipped: RuleSet, digest: str, names: "KnownNames | None") -> _Compiled:
    # these import yaml, only needed on a cache miss
    from frontleak.rules.added_rules import taken_by  # noqa: PLC0415
    from frontleak.rules.compile import build_all  # noqa: PLC0415
    from frontleak.rules.read import read_all  # noqa: PLC0415

    sources = read_all({**read_files([rules_directory() / MACROS_FILE]), **texts}, names)
    return _set_of(build_all(sources, taken=taken_by(shipped, sources)), (), digest, ())


def _set_of(built: "Built", triggers: Iterable[Trigger], digest: str, mistakes: Iterable[str]) -> _Compiled:
    """Return the set of compiled rules, with some triggers and those that they ask for.

    Raises:
        RuleError: there are mistakes.
    """
    # these import yaml, only needed on a cache miss
    from frontleak.rules.encoded_triggers import encoded_triggers  # noqa: PLC0415
    from frontleak.rules.framework_triggers import framework_triggers  # noqa: PLC0415
    from frontleak.rules.frameworks import framework_of  # noqa: PLC0415
    from frontleak.rules.other_rules import stored  # noqa: PLC0415
    from frontleak.rules.split_triggers import split_beginnings, split_triggers  # noqa: PLC0415

    if mistakes := [*mistakes, *built.mistakes]:
        raise RuleError(*mistakes, advice=_ADVICE)
    rules = sorted((rule for _, rule in built.rules), key=lambda rule: rule.id)
    beginnings = split_beginnings(rules)
    frameworks = [
        {name: value for name, value in each.value.items() if name != "page"}
        | {"shipped": each.shipped, "source": each.where("id")}
        for each in built.frameworks
    ]
    ruleset = RuleSet(
        rules=tuple(rules),
        others=tuple(sorted((rule for _, rule in built.others), key=lambda rule: rule.id)),
        contexts=built.contexts,
        triggers=(*triggers, *framework_triggers(frameworks), *encoded_triggers(rules), *split_triggers(beginnings)),
        beginnings=beginnings,
        frameworks=tuple(map(framework_of, frameworks)),
        digest=digest,
    )
    return ruleset, [stored(document) for document, _ in built.others], frameworks


def _compiler() -> Iterator[str]:
    """Yield the state of the code that compiles rules, so that a cache written by different code is not used."""
    here = os.path.dirname(__file__)
    for folder in (os.path.join(os.path.dirname(here), "core"), here):
        with os.scandir(folder) as entries:
            modules = sorted((entry for entry in entries if entry.name.endswith(".py")), key=attrgetter("name"))
            stats = [(entry.name, entry.stat()) for entry in modules]
        yield from (f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats)


@functools.cache
def load_data(name: str) -> Any:
    """Return the content of a shipped data file, such as `walk.yaml`; callers share it and must not change it.

    Raises:
        RuleError: the file is missing or invalid.
    """
    return _values("values", [rules_directory() / name])[0]


def load_folder(name: str) -> list[Any]:
    """Return the content of each data file in a shipped folder, sorted by name.

    Raises:
        RuleError: a file cannot be read or is invalid.
    """
    return _values(name, sorted((rules_directory() / name).glob("*.yaml")))


def _values(kind: str, files: Sequence[Path]) -> list[Any]:
    """Return the content of data files, cached together under one name."""
    texts = read_files(files)
    cache_name = _values_name(kind, texts)
    cached = compiled_files.read(cache_name) or user_cache.read(cache_name)
    if cached is not None:
        restored: list[Any] = json.loads(cached)
        return restored
    values = _parsed(texts)
    user_cache.write(cache_name, json.dumps(values).encode())
    return values


def _values_name(kind: str, texts: Mapping[Path, bytes]) -> str:
    return f"{kind}-{digest_of(*(part for file, text in texts.items() for part in (file.name, text)))}.json"


def _parsed(texts: Mapping[Path, bytes]) -> list[Any]:
    # these import yaml, only needed on a cache miss
    from frontleak.rules.data_files import data_file_kind  # noqa: PLC0415
    from frontleak.rules.read import read_data  # noqa: PLC0415

    values: list[Any] = []
    mistakes: list[str] = []
    for file, text in texts.items():
        held = data_file_kind(file.relative_to(rules_directory()).as_posix())
        if held is None:
            raise RuleError(f"{file}: nothing is known about such a file")
        document, wrong = read_data(file, text, held)
        values.append(document.value)
        mistakes += wrong
    if mistakes:
        raise RuleError(*mistakes, advice=_ADVICE)
    return values
