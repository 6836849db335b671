"""Maps a detection in generated code, or in a source map, to its position in a source."""

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple
from urllib.parse import unquote

from frontleak.core.blob import Blob
from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.finding import Original
from frontleak.core.origins import MemberOrigin
from frontleak.core.records import replace
from frontleak.core.secret import printable
from frontleak.core.shown_names import shown_name
from frontleak.decode.maps.detect import reference
from frontleak.decode.maps.inline import InlineMap
from frontleak.decode.maps.parse import SourceMapError
from frontleak.sourcemaps.loader import Load
from frontleak.sourcemaps.lookup import Found, SourceMap
from frontleak.sourcemaps.repo_path import repo_path
from frontleak.sourcemaps.script_maps import ScriptMaps

_MOST_SAME: Final = 50
_MOST_WORK: Final = 8_000_000_000
"""Bytes searched for the detections of one blob."""


class _LoadedMap(NamedTuple):
    """A source map and its path."""

    map: SourceMap
    path: str


class _Lookup(NamedTuple):
    """A detection to look up in the mappings."""

    detection: int
    line: int
    column: int
    same: tuple[Found, ...]
    """Positions of the secret in the sources; the one nearest to the mapped position is used."""


_Located = tuple[Found | None, str]
"""Source position of a detection, and the path of the map."""


class OriginalPositions:
    """The source maps of one blob: the blob itself, the map of the script, or one per module in `eval("...")`."""

    def __init__(self, blob: Blob, load: Load, root: str, *, is_map: bool = False, sources: str | None = None) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.found: bool | None = None
        self._blob = blob
        self._inline = ScriptMaps(blob.data)
        self._load = load
        self._root = root
        here = os.path.abspath(root) if sources is None else sources
        self._sources = here if blob.origin.url else None
        self._is_map = is_map
        self._maps: dict[InlineMap | None, _LoadedMap | None] = {}
        self._paths: dict[tuple[str, str], tuple[str, bool]] = {}
        self._work = 0

    def locate(self, detections: Sequence[Detection]) -> Iterator[Detection]:
        """Yield the detections, each with its original position if there is one."""
        found: dict[int, _Located] = {}
        lookups: dict[InlineMap | None, list[_Lookup]] = {}
        for index, detection in enumerate(detections):
            key, code_place = self._map_for(detection)
            source_map = self._map(key)
            if source_map is None:
                continue
            same = self._literal(source_map, detection)
            if len(same) == 1:
                found[index] = same[0], source_map.path
            elif code_place is None:
                found[index] = _nearest(self._embedded(source_map, key, detection), same), source_map.path
            else:
                lookups.setdefault(key, []).append(_Lookup(index, *code_place, same))
        for key, group in lookups.items():
            source_map = self._maps[key]
            if source_map is not None:
                found |= self._look_up(source_map, group, key)
        for index, detection in enumerate(detections):
            original = self._original(*found[index]) if index in found else None
            yield replace(detection, place=replace(detection.place, original=original)) if original else detection

    def _map_for(self, detection: Detection) -> tuple[InlineMap | None, tuple[int, int] | None]:
        """Return the map for a detection, and its line and column in the code; None for one in the map itself."""
        place = detection.place
        if self._is_map:
            return None, None
        if inline := self._inline.holding(place.offset):
            return inline, None
        if module := self._inline.module(place.offset):
            return module.map, (module.line, module.column)
        return None, (place.line, place.column)

    def _map(self, key: InlineMap | None) -> _LoadedMap | None:
        if key not in self._maps:
            self._maps[key] = self._read(key)
        return self._maps[key]

    def _read(self, key: InlineMap | None) -> _LoadedMap | None:
        path, label = self._blob.origin.path, "its inline source map"
        if isinstance(self._blob.origin, MemberOrigin):
            path = self._blob.origin.container.path
        if self._blob.origin.url:
            path = ""  # a source is looked for in one folder, whatever the URL says
        text: bytes | Diagnostic | None = self._blob.data
        if key is not None:
            text = key.decode(self._blob.data)
        elif not self._is_map:
            named = reference(self._blob.data)
            if named is not None and named[:5].lower() == "data:":
                if self._inline.all:
                    return self._map(self._inline.all[-1])
                self._miss(self._note("its inline source map cannot be read"))
                return None
            text = self._load(named)
            path = "" if self._blob.origin.url else _map_path(path, named)
            label = f"its source map {_display(named)}" if named else "its source map"
        if not isinstance(text, bytes):
            self._miss(text)
            return None
        try:
            source_map = _LoadedMap(SourceMap(text), path)
        except SourceMapError as error:
            self._miss(
                self._note(f"is a broken source map: {error}" if self._is_map else f"{label} is broken: {error}")
            )
            return None
        self.found = self.found is not False
        return source_map

    def _miss(self, diagnostic: Diagnostic | None) -> None:
        if diagnostic is not None:
            self.found = False
            self.diagnostics.append(diagnostic)

    def _note(self, message: str) -> Diagnostic:
        return note(Code.SOURCE_MAP, self._blob.origin, message)

    def _literal(self, source_map: _LoadedMap, detection: Detection) -> tuple[Found, ...]:
        """Return the literal positions of the secret in the sources."""
        if detection.secret is None or not self._affordable(source_map):
            return ()
        return tuple(islice(source_map.map.occurrences(detection.secret.reveal()), _MOST_SAME))

    def _embedded(self, source_map: _LoadedMap, key: InlineMap | None, detection: Detection) -> Found | None:
        """Return the source position of a detection in the map."""
        if not self._affordable(source_map):
            return None
        offset = detection.place.offset
        return source_map.map.held(key.inside(self._blob.data, offset) if key else offset)

    def _affordable(self, source_map: _LoadedMap) -> bool:
        self._work += len(source_map.map.data)
        return self._work <= _MOST_WORK

    def _look_up(
        self, source_map: _LoadedMap, lookups: Sequence[_Lookup], key: InlineMap | None
    ) -> dict[int, _Located]:
        """Return the mapped positions by index of the detection."""
        try:
            positions = source_map.map.at_many([(lookup.line, lookup.column) for lookup in lookups])
        except SourceMapError as error:
            self._miss(self._note(f"its {'inline ' if key else ''}source map is broken: {error}"))
            positions = [None] * len(lookups)
        return {
            lookup.detection: (_nearest(position, lookup.same), source_map.path)
            for lookup, position in zip(lookups, positions, strict=True)
        }

    def _original(self, found: Found | None, map_path: str) -> Original | None:
        if found is None:
            return None
        name = (found.source, found.source_root)
        if name not in self._paths:
            path, exists = repo_path(*name, map_path, self._root, self._sources)
            self._paths[name] = (shown_name(path), exists)
        path, exists = self._paths[name]
        return Original(path=path, line=found.line, column=found.column, exists=exists) if path else None


def _nearest(mapped: Found | None, same: Sequence[Found]) -> Found | None:
    """Return the literal position nearest to a mapped position in the same source; else the mapped position."""
    if mapped is None:
        return same[0] if same else None
    candidates = [found for found in same if found.source == mapped.source]
    return min(
        candidates,
        key=lambda found: (abs(found.line - mapped.line), abs(found.column - mapped.column)),
        default=mapped,
    )


def _map_path(path: str, named: str | None) -> str:
    """Return the path of the map that a script references, or the script's own path if it is not a relative path."""
    if not named or "://" in named or named.startswith("/"):
        return path
    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}{unquote(named.partition('?')[0])}"


def _display(named: str) -> str:
    named = shown_name(named)  # before it is shortened: no part of a secret stays
    return printable(named if len(named) <= 100 else f"{named[:99]}…")
