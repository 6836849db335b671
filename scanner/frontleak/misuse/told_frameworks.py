"""The frameworks of a tree without a package.json, told by its configuration files, imports and prefixes."""

import itertools
import re
from collections.abc import Callable, Iterable
from typing import Final

from frontleak.js.embedded_scripts import MARKUP, SCRIPTS, ending
from frontleak.modulegraph.file_summary import FileSummaries
from frontleak.rules.frameworks import Framework, load_frameworks, made_of_frameworks

_MOST_FILES: Final = 2_000
"""Files of a tree that are searched for imports and prefixes."""


def frameworks_told(
    configured: Iterable[Framework],
    paths: Iterable[str],
    summaries: FileSummaries,
    read: Callable[[str], bytes | None],
) -> tuple[Framework, ...]:
    """Return the frameworks of files without a package.json, sorted by id.

    Args:
        configured: those that have a configuration file.
        paths: absolute paths of the files.
        summaries: the file summaries of the tree.
        read: absolute path -> bytes; None for a file that is unreadable.
    """
    found = {framework.id for framework in configured}
    for path in itertools.islice(paths, _MOST_FILES):
        if ending(path) in SCRIPTS | MARKUP:
            imported = (site.specifier for _, site in summaries.at(path).imports if not site.type_only)
            found.update(framework for name in imported for framework in _imported(name))
        found.update(owner for match in _marks()[0].finditer(read(path) or b"") for owner in _marks()[1][match.group()])
    return tuple(framework for framework in load_frameworks() if framework.id in found)


def _imported(specifier: str) -> Iterable[str]:
    """Yield the ids of the frameworks whose package or virtual module a specifier names."""
    name = "/".join(specifier.split("/")[: 2 if specifier.startswith("@") else 1])
    for framework in load_frameworks():
        if name in framework.dependencies or (framework.virtual and specifier.startswith(framework.virtual)):
            yield framework.id


@made_of_frameworks
def _marks(frameworks: tuple[Framework, ...]) -> tuple[re.Pattern[bytes], dict[bytes, list[str]]]:
    """Return a regular expression for what names a framework, and text -> ids of the frameworks that it names."""
    owners: dict[bytes, list[str]] = {}
    for framework in frameworks:
        own = [
            prefix for prefix in framework.public_env if prefix.count("_") > 1 or prefix in framework.distinctive_env
        ]
        for text in (*own, *framework.names.get("environment", ())):
            owners.setdefault(text.encode(), []).append(framework.id)
    texts = sorted(owners, key=len, reverse=True)
    return re.compile(rb"(?<![A-Za-z0-9_])(?:%b)" % (b"|".join(map(re.escape, texts)) or b"(?!)")), owners
