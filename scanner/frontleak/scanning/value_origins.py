"""Finds the module that brought the value of a variable into client-side code, and how client-side code imports it.

The source map names the module. Without one, it is a module of the same project that names the variable, if one of
those is client-side code.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from frontleak.core.detection import Detection, Variable
from frontleak.core.finding import Hop
from frontleak.core.paths import display_path, slashes
from frontleak.core.records import replace
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import FileEntry
from frontleak.files.read import read_source
from frontleak.files.walk import FileWalk
from frontleak.files.walk_rules import load_walk_rules
from frontleak.js.embedded_scripts import ending
from frontleak.js.parse import available
from frontleak.misuse.detection_builder import DetectionBuilder
from frontleak.misuse.project_files import projects
from frontleak.scanning.inputs import may_be_source
from frontleak.scanning.options import ScanOptions, paths_from_top

_MOST_FOLLOWED: Final = 50
"""Variables whose modules are looked for; each module that a source map names counts."""
_MOST_SOURCES: Final = 20_000
"""Files of a project that are listed."""
_SCRIPTS: Final = frozenset({"js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "astro"})


def with_import_paths(detections: Sequence[Detection], options: ScanOptions) -> list[Detection]:
    """Return the detections, those of values that crossed the boundary with the imports that brought them."""
    found = list(detections)
    asked: dict[tuple[Variable | None, str], list[int]] = {}
    for number, each in enumerate(found):
        if _is_asked_for(each):
            original = each.place.original
            asked.setdefault((each.variable, original.path if original else ""), []).append(number)
    followed = list(asked.values())[:_MOST_FOLLOWED]
    if not followed or not available():
        return found
    modules = [_modules(found[numbers[0]], options) for numbers in followed]
    names = {
        path: _name_of(found[numbers[0]]) for numbers, each in zip(followed, modules, strict=True) for path in each
    }
    paths = _import_paths(names, options)
    for numbers, named in zip(followed, modules, strict=True):
        way = next((paths[path] for path in named if path in paths), ())
        for number in numbers if way else ():
            found[number] = replace(found[number], import_path=way)
    return found


def _is_asked_for(detection: Detection) -> bool:
    return (
        detection.context.get("mistake") == ("boundary",)
        and not detection.import_path
        and detection.place.exposure is Exposure.SERVED
        and detection.variable is not None
    )


def _modules(detection: Detection, options: ScanOptions) -> Sequence[str]:
    """Return the absolute paths of the modules that may have brought a value, the most likely first."""
    original = detection.place.original
    if original is not None and original.exists:
        return (slashes(os.path.abspath(original.path)),)
    if detection.variable is None:
        return ()
    name = re.compile(rb"(?<![\w$])" + re.escape(_name_of(detection)) + rb"(?![\w$])")
    folder = slashes(os.path.abspath(detection.variable.folder or "."))
    return [path for path in _sources(folder, options) if name.search(read_source(path) or b"")]


def _sources(folder: str, options: ScanOptions) -> Iterator[str]:
    walk = FileWalk([folder], load_walk_rules(), max_size=options.largest, gitignore=options.gitignore)
    for count, entry in enumerate(walk.entries()):
        if count >= _MOST_SOURCES:
            return
        if isinstance(entry, FileEntry) and may_be_source(entry) and ending(entry.path) in _SCRIPTS:
            yield entry.path


def _name_of(detection: Detection) -> bytes:
    return detection.variable.name.encode("utf-8", "surrogateescape") if detection.variable else b""


def _import_paths(modules: Mapping[str, bytes], options: ScanOptions) -> Mapping[str, tuple[Hop, ...]]:
    """Return module -> how client-side code imports it, of those that it does; `modules` has what each names."""
    shown = partial(display_path, slashes(os.getcwd()))
    here = sorted(path for path in modules if os.path.isfile(path))
    found: dict[str, tuple[Hop, ...]] = {}
    for project in projects(here, here, [], lambda folder: _sources(folder, options), here):
        builder = DetectionBuilder(project, shown, paths_from_top(options))
        for path in here:
            for module in project.modules(path) if path.startswith(f"{project.folder}/") else ():
                if (way := project.reachability.import_path(module)) is not None:
                    at = (project.read(path) or b"").find(modules[path])
                    found.setdefault(path, tuple(builder.hops(way, path, max(0, at))))
    return found
