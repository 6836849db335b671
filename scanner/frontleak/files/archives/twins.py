"""Names of precompressed files."""

from typing import Final

_TWINS: Final = (".gz", ".br", ".zst")


def twin_of(path: str) -> str | None:
    """Return the path of the file that this one is a compressed copy of, by its name; None if it is not one.

    Build tools write `app.js.gz`, `app.js.br` and `app.js.zst` next to `app.js`, and servers send them in its place.
    """
    for ending in _TWINS:
        if path.endswith(ending):
            name = path[: -len(ending)]
            return name if name and not name.endswith("/") else None
    return None
