"""What tsconfig.json and jsconfig.json say of import specifiers: `baseUrl`, `paths`, and where they come from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from frontleak.resolve.file_tree import FileTree, joined
from frontleak.resolve.jsonc import JsonProblem, problem_at, read_object
from frontleak.resolve.packages import upwards

_NAMES: Final = ("tsconfig.json", "jsconfig.json")
_MOST_EXTENDED: Final = 20
"""Files that one file extends or refers to, and how many extend each other in a row."""
_MOST_PATHS: Final = 2_000
_OWN_FOLDER: Final = "${configDir}"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class PathPattern:
    """One of the `paths`."""

    before: str
    """What a specifier begins with."""
    after: str | None
    """What it ends with, a `*` standing between; None without a `*`, when `before` is all of it."""
    targets: tuple[str, ...]
    """Paths from the root of the tree, in order; a `*` stands for the same as in the pattern."""

    def match(self, specifier: str) -> str | None:
        """Return what the `*` stands for in a specifier (empty without one), or None when it does not fit."""
        if self.after is None:
            return "" if specifier == self.before else None
        if len(specifier) < len(self.before) + len(self.after):
            return None
        fits = specifier.startswith(self.before) and specifier.endswith(self.after)
        return specifier[len(self.before) : len(specifier) - len(self.after)] if fits else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TsConfig:
    """What holds for the files below a folder."""

    path: str
    """Of the file, from the root of the tree."""
    base: str | None = None
    """Folder in which specifiers that are no paths are looked for."""
    patterns: Mapping[str, tuple[PathPattern, ...]] = field(default_factory=dict)
    """The `paths`, by what specifiers begin with."""
    gaps: tuple[JsonProblem, ...] = ()
    """What could not be understood, here or in what it extends."""
    missing: tuple[str, ...] = ()
    """What it extends and is not there: packages that are not installed, files that a framework writes."""

    def fitting(self, specifier: str) -> Iterator[tuple[PathPattern, str]]:
        """Yield the patterns that a specifier fits, the most telling first, each with what its `*` stands for."""
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
    """What a file and those it extends say, paths not yet led back to the root."""

    base: tuple[str, str] | None = None
    """`baseUrl`, and the folder it counts from."""
    paths: tuple[Mapping[str, Any], str] | None = None
    """`paths`, and the folder they count from without a `baseUrl`."""
    references: tuple[str, ...] = ()
    gaps: tuple[JsonProblem, ...] = ()
    missing: tuple[str, ...] = ()


class TsConfigs:
    """The tsconfig.json and jsconfig.json files of a tree, each read once."""

    def __init__(self, files: FileTree, folder_of: Callable[[str, str], str | None]) -> None:
        """Remember the tree.

        Args:
            files: the tree.
            folder_of: (name of a package, folder of whoever asks) -> folder of the package in the tree, if it is.
        """
        self._files = files
        self._folder_of = folder_of
        self._nearest: dict[str, tuple[TsConfig, ...]] = {}
        self._read: dict[str, _CompilerOptions] = {}

    @property
    def gaps(self) -> tuple[JsonProblem, ...]:
        """What is wrong with those that were read, in order of path."""
        return tuple(sorted({gap for options in self._read.values() for gap in options.gaps}))

    def nearest(self, folder: str) -> tuple[TsConfig, ...]:
        """Return the nearest file at or above a folder, and those it refers to; nothing when there is none."""
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
        """Return what a file says, those it extends included; `above` are the files that extend it."""
        known = self._read.get(path)
        if known is not None:
            return known
        data = self._files.read(path)
        if data is None:
            options = _CompilerOptions(gaps=(JsonProblem(path, 1, "cannot be read, or is too large"),))
        elif isinstance(content := read_object(path, data), JsonProblem):
            options = _CompilerOptions(gaps=(content,))
        else:
            options = self._said(path, data, content, (*above, path))
        self._read[path] = options
        return options

    def _said(self, path: str, data: bytes, content: Mapping[str, Any], above: tuple[str, ...]) -> _CompilerOptions:
        wrong: list[str] = []
        folder = _folder(path)
        compiler = _value(content, "compilerOptions", dict, wrong) or {}
        base = _value(compiler, "baseUrl", str, wrong)
        paths = _value(compiler, "paths", dict, wrong)
        references = _value(content, "references", list, wrong) or []
        named = [each.get("path") for each in references[:_MOST_EXTENDED] if isinstance(each, dict)]
        extended = self._extended(path, data, content, above)
        gaps = tuple(problem_at(path, data, key, f"{key} is not of the type it should be") for key in wrong)
        return _CompilerOptions(
            base=extended.base if base is None else (base, folder),
            paths=extended.paths if paths is None else (paths, folder),
            references=tuple(each for each in named if isinstance(each, str)),
            gaps=(*extended.gaps, *gaps),
            missing=extended.missing,
        )

    def _extended(self, path: str, data: bytes, content: Mapping[str, Any], above: tuple[str, ...]) -> _CompilerOptions:
        """Return what the files that a file extends say; the later one counts."""
        named = content.get("extends", [])
        named = named if isinstance(named, list) else [named]
        options = _CompilerOptions()
        for each in named[:_MOST_EXTENDED]:
            file = self._extends(each, _folder(path)) if isinstance(each, str) else None
            if file is None:
                options = self._not_there(options, path, data, each)
            elif file in above or len(above) > _MOST_EXTENDED:
                gap = problem_at(path, data, "extends", "extends lead round in a circle, or too far")
                options = replace(options, gaps=(*options.gaps, gap))
            else:
                more = self._options(file, above)
                options = _CompilerOptions(
                    base=more.base or options.base,
                    paths=more.paths or options.paths,
                    gaps=(*options.gaps, *more.gaps),
                    missing=(*options.missing, *more.missing),
                )
        return options

    def _not_there(self, options: _CompilerOptions, path: str, data: bytes, named: object) -> _CompilerOptions:
        if isinstance(named, str) and (not named.startswith(".") or _is_hidden(named)):
            return replace(options, missing=(*options.missing, named))
        gap = problem_at(path, data, "extends", "extends a file that is not there")
        return replace(options, gaps=(*options.gaps, gap))

    def _extends(self, named: str, folder: str) -> str | None:
        """Return the file that `extends` names: a path, or a file of a package that is in the tree."""
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
    base = _placed(*options.base, own) if options.base else None
    paths, folder = options.paths or ({}, "")
    patterns = [
        PathPattern(*_around(pattern), targets=_targets(targets, folder if base is None else base, own))
        for pattern, targets in list(paths.items())[:_MOST_PATHS]
        if pattern.count("*") <= 1
    ]
    by_before: dict[str, tuple[PathPattern, ...]] = {}
    for pattern in patterns:
        by_before[pattern.before] = (*by_before.get(pattern.before, ()), pattern)
    return TsConfig(path=path, base=base, patterns=by_before, gaps=options.gaps, missing=options.missing)


def _around(pattern: str) -> tuple[str, str | None]:
    before, star, after = pattern.partition("*")
    return before, after if star else None


def _targets(values: object, folder: str, own: str) -> tuple[str, ...]:
    """Return the targets of a pattern that are inside the tree."""
    named = [each for each in values if isinstance(each, str)] if isinstance(values, list) else []
    placed = (_placed(each, folder, own) for each in named[:_MOST_EXTENDED] if each.count("*") <= 1)
    return tuple(each for each in placed if each is not None)


def _placed(path: str, folder: str, own: str) -> str | None:
    """Return a path from the root of the tree; None for one that leads out of it."""
    if path.startswith(_OWN_FOLDER):
        return joined(own, f".{path.removeprefix(_OWN_FOLDER)}")
    return None if path.startswith("/") else joined(folder, path)


def _is_hidden(path: str) -> bool:
    """Say whether a path leads through a folder such as `.nuxt`, which a framework writes and nobody commits."""
    return any(part.startswith(".") and part.strip(".") for part in path.split("/"))


def _value(content: Mapping[str, Any], key: str, kind: type[_T], wrong: list[str]) -> _T | None:
    """Return a value of the type it should have; None when it is not there, and when it is not, which is noted."""
    value = content.get(key)
    if value is None or isinstance(value, kind):
        return value
    wrong.append(key)
    return None


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _in(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
