"""Names of compressed files."""

from typing import Final

_TWINS: Final = (".gz", ".br", ".zst")


def twin_of(path: str) -> str | None:
    """Return the path of the file that a server would send in compressed form from this one; None when it is not one.

    Build tools write `app.js.gz`, `app.js.br` and `app.js.zst` beside `app.js`.
    """
    for ending in _TWINS:
        if path.endswith(ending):
            name = path[: -len(ending)]
            return name if name and not name.endswith("/") else None
    return None
