"""Module settings of tsconfig.json and jsconfig.json: `baseUrl` and `paths`, through `extends` and `references`."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.records import dataclass, field, replace
from frontleak.resolve.file_tree import FileTree, joined
from frontleak.resolve.jsonc import by_path, problem, problem_at, read_object
from frontleak.resolve.packages import upwards

_NAMES: Final = ("tsconfig.json", "jsconfig.json")
_MOST_EXTENDED: Final = 20
"""Files that one file extends or references, the depth of an `extends` chain, and targets per pattern."""
_MOST_PATHS: Final = 2_000
_OWN_FOLDER: Final = "${configDir}"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class PathPattern:
    """One entry of `paths`."""

    before: str
    """Prefix before the `*`; the whole pattern without one."""
    after: str | None
    """Suffix after the `*`; None without a `*`."""
    targets: tuple[str, ...]
    """Paths from the root of the tree, in order; a `*` is replaced by the match of the pattern's `*`."""

    def match(self, specifier: str) -> str | None:
        """Return the part of a specifier that `*` matches (empty without one); None when the pattern does not match."""
        if self.after is None:
            return "" if specifier == self.before else None
        if len(specifier) < len(self.before) + len(self.after):
            return None
        fits = specifier.startswith(self.before) and specifier.endswith(self.after)
        return specifier[len(self.before) : len(specifier) - len(self.after)] if fits else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TsConfig:
    """The settings for the files below a folder."""

    path: str
    """Path of the file from the root of the tree."""
    base: str | None = None
    """`baseUrl`: the folder for specifiers that are not paths."""
    patterns: Mapping[str, tuple[PathPattern, ...]] = field(default_factory=dict)
    """The `paths` patterns by prefix."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """Problems in this file or the files that it extends."""
    missing: tuple[str, ...] = ()
    """Missing targets of `extends`: packages that are not installed, files that a framework generates."""

    def fitting(self, specifier: str) -> Iterator[tuple[PathPattern, str]]:
        """Yield the matching patterns, most specific first, each with the match of its `*`."""
        beginnings = (specifier[:size] for size in range(len(specifier), -1, -1))
        found = [
            (pattern, star)
            for before in beginnings
            for pattern in self.patterns.get(before, ())
            if (star := pattern.match(specifier)) is not None
        ]
        yield from (each for each in found if each[0].after is None)
        yield from (each for each in found if each[0].after is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _CompilerOptions:
    """The options of a file and the files that it extends, with paths as written."""

    base: tuple[str, str] | None = None
    """`baseUrl`, and the folder that it is relative to."""
    paths: tuple[Mapping[str, Any], str] | None = None
    """`paths`, and the folder that they are relative to without a `baseUrl`."""
    references: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    missing: tuple[str, ...] = ()


class TsConfigs:
    """The tsconfig.json and jsconfig.json files of a tree, each read once."""

    def __init__(self, files: FileTree, folder_of: Callable[[str, str], str | None]) -> None:
        """Keep the tree; nothing is read yet.

        Args:
            files: the tree.
            folder_of: (package name, folder of the importer) -> folder of the package; None when it is not in the tree.
        """
        self._files = files
        self._folder_of = folder_of
        self._nearest: dict[str, tuple[TsConfig, ...]] = {}
        self._read: dict[str, _CompilerOptions] = {}

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Problems in the files read so far, sorted by path."""
        return tuple(
            sorted({diagnostic for options in self._read.values() for diagnostic in options.diagnostics}, key=by_path)
        )

    def nearest(self, folder: str) -> tuple[TsConfig, ...]:
        """Return the nearest file at or above a folder, and the files it references; empty when there is none."""
        if folder not in self._nearest:
            self._nearest[folder] = self._find(folder)
        return self._nearest[folder]

    def _find(self, folder: str) -> tuple[TsConfig, ...]:
        for each in upwards(folder):
            for name in _NAMES:
                if self._files.is_file(path := _in(each, name)):
                    return self._with_references(path)
        return ()

    def _with_references(self, path: str) -> tuple[TsConfig, ...]:
        options = self._options(path, ())
        found = [_config(path, options)]
        for reference in options.references:
            file = joined(_folder(path), reference)
            if file is not None and not self._files.is_file(file):
                file = _in(file, _NAMES[0])
            if file is not None and self._files.is_file(file) and file != path:
                found.append(_config(file, self._options(file, ())))
        return tuple(found)

    def _options(self, path: str, above: tuple[str, ...]) -> _CompilerOptions:
        """Return the options of a file with those it extends; `above` lists the files that extend it."""
        cached = self._read.get(path)
        if cached is not None:
            return cached
        data = self._files.read(path)
        if data is None:
            options = _CompilerOptions(diagnostics=(problem(path, 1, "cannot be read or is larger than 1 MB"),))
        elif isinstance(content := read_object(path, data), Diagnostic):
            options = _CompilerOptions(diagnostics=(content,))
        else:
            options = self._parsed(path, data, content, (*above, path))
        self._read[path] = options
        return options

    def _parsed(self, path: str, data: bytes, content: Mapping[str, Any], above: tuple[str, ...]) -> _CompilerOptions:
        wrong: list[str] = []
        folder = _folder(path)
        compiler = _value(content, "compilerOptions", dict, wrong) or {}
        base = _value(compiler, "baseUrl", str, wrong)
        paths = _value(compiler, "paths", dict, wrong)
        references = _value(content, "references", list, wrong) or []
        named = [each.get("path") for each in references[:_MOST_EXTENDED] if isinstance(each, dict)]
        extended = self._extended(path, data, content, above)
        diagnostics = tuple(problem_at(path, data, key, f"{key} has the wrong type") for key in wrong)
        return _CompilerOptions(
            base=extended.base if base is None else (base, folder),
            paths=extended.paths if paths is None else (paths, folder),
            references=tuple(each for each in named if isinstance(each, str)),
            diagnostics=(*extended.diagnostics, *diagnostics),
            missing=extended.missing,
        )

    def _extended(self, path: str, data: bytes, content: Mapping[str, Any], above: tuple[str, ...]) -> _CompilerOptions:
        """Return the options of the files that a file extends; later files override earlier ones."""
        named = content.get("extends", [])
        named = named if isinstance(named, list) else [named]
        options = _CompilerOptions()
        for each in named[:_MOST_EXTENDED]:
            file = self._extends(each, _folder(path)) if isinstance(each, str) else None
            if file is None:
                options = self._with_missing(options, path, data, each)
            elif file in above or len(above) > _MOST_EXTENDED:
                diagnostic = problem_at(
                    path, data, "extends", f"extends is circular or more than {_MOST_EXTENDED} levels deep"
                )
                options = replace(options, diagnostics=(*options.diagnostics, diagnostic))
            else:
                more = self._options(file, above)
                options = _CompilerOptions(
                    base=more.base or options.base,
                    paths=more.paths or options.paths,
                    diagnostics=(*options.diagnostics, *more.diagnostics),
                    missing=(*options.missing, *more.missing),
                )
        return options

    def _with_missing(self, options: _CompilerOptions, path: str, data: bytes, named: object) -> _CompilerOptions:
        if isinstance(named, str) and (not named.startswith(".") or _is_hidden(named)):
            return replace(options, missing=(*options.missing, named))
        diagnostic = problem_at(path, data, "extends", "extends a missing file")
        return replace(options, diagnostics=(*options.diagnostics, diagnostic))

    def _extends(self, named: str, folder: str) -> str | None:
        """Return the file for a value of `extends`: a path, or a file of a package in the tree."""
        if named.startswith("."):
            return self._first_file(joined(folder, named))
        scoped = named.startswith("@")
        name = "/".join(named.split("/")[: 2 if scoped else 1])
        rest = named[len(name) :].lstrip("/")
        places = [self._folder_of(name, folder)]
        places += [_in(each, f"node_modules/{name}") for each in upwards(folder)]
        for place in places:
            if place is not None and (file := self._first_file(joined(place, rest))):
                return file
        return None

    def _first_file(self, path: str | None) -> str | None:
        if path is None:
            return None
        names = (path, f"{path}.json", _in(path, _NAMES[0]))
        return next((each for each in names if self._files.is_file(each)), None)


def _config(path: str, options: _CompilerOptions) -> TsConfig:
    own = _folder(path)
    base = _from_root(*options.base, own) if options.base else None
    paths, folder = options.paths or ({}, "")
    patterns = [
        PathPattern(*_split_pattern(pattern), targets=_targets(targets, folder if base is None else base, own))
        for pattern, targets in list(paths.items())[:_MOST_PATHS]
        if pattern.count("*") <= 1
    ]
    by_before: dict[str, tuple[PathPattern, ...]] = {}
    for pattern in patterns:
        by_before[pattern.before] = (*by_before.get(pattern.before, ()), pattern)
    return TsConfig(path=path, base=base, patterns=by_before, diagnostics=options.diagnostics, missing=options.missing)


def _split_pattern(pattern: str) -> tuple[str, str | None]:
    before, star, after = pattern.partition("*")
    return before, after if star else None


def _targets(values: object, folder: str, own: str) -> tuple[str, ...]:
    """Return the targets of a pattern that are inside the tree."""
    named = [each for each in values if isinstance(each, str)] if isinstance(values, list) else []
    placed = (_from_root(each, folder, own) for each in named[:_MOST_EXTENDED] if each.count("*") <= 1)
    return tuple(each for each in placed if each is not None)


def _from_root(path: str, folder: str, own: str) -> str | None:
    """Return a path from the root of the tree; None when it is outside the tree."""
    if path.startswith(_OWN_FOLDER):
        return joined(own, f".{path.removeprefix(_OWN_FOLDER)}")
    return None if path.startswith("/") else joined(folder, path)


def _is_hidden(path: str) -> bool:
    """Return whether a path contains a folder such as `.nuxt`, which a framework generates and nobody commits."""
    return any(part.startswith(".") and part.strip(".") for part in path.split("/"))


def _value(content: Mapping[str, Any], key: str, kind: type[_T], wrong: list[str]) -> _T | None:
    """Return a value of the expected type, else None; add the key to `wrong` when the type differs."""
    value = content.get(key)
    if value is None or isinstance(value, kind):
        return value
    wrong.append(key)
    return None


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _in(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
