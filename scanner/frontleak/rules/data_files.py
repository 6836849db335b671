"""The fields of the files that ship with the tool and are not rules: frameworks, code facts, walk, triggers, macros."""

import re
from collections.abc import Mapping
from typing import Any, Final

from frontleak.core.vocabulary import Exposure
from frontleak.rules.field_types import FILES, FLAG, ID, TEXT, TEXTS, glob_problem, setting_problem
from frontleak.rules.paths import FRAMEWORKS_FOLDER, MACROS_FILE, TRIGGERS_FILE
from frontleak.rules.schema import Expression, Field, ListOf, MapOf, Name, Table, Type, Value, required


def _expression_problem(text: str) -> str:
    try:
        re.compile(text, re.VERBOSE)
    except (re.error, OverflowError, RecursionError) as error:
        return f"not a valid regular expression: {error}"
    return ""


def _is_folder_name(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[^/*?{}\\]+(?:/[^/*?{}\\]+)*", value) is not None


_GLOB: Final = Expression("a glob", glob_problem)
_GLOBS: Final = ListOf(_GLOB, "a list of globs", least=0)
_WORDS: Final = ListOf(TEXT, "a list of strings", least=0)
_EXPRESSION: Final = Expression("a regular expression", _expression_problem)
_EXPRESSIONS: Final = ListOf(_EXPRESSION, "a non-empty list of regular expressions")
_SETTINGS: Final = ListOf(Expression("a setting, such as kit.alias", setting_problem), "a list of settings", least=0)
_FOLDERS: Final = ListOf(Value("a folder name without wildcards", _is_folder_name), "a non-empty list of folder names")
_EXPORTS: Final = MapOf(TEXTS, "a mapping of package: exported names")


# --- frameworks ------------------------------------------------------------------------------------------------------

_MARK: Final = Table({"folder": Field(TEXT), "holds": Field(TEXTS)}, "a mapping with folder, holds or both", least=1)
_OUTPUT: Final = Table(
    {
        "name": required(TEXT),
        "recognised_by": required(ListOf(_MARK, "a list of marks", least=0)),
        "reach": required(
            ListOf(
                Table(
                    {exposure: Field(_GLOB) for exposure in (Exposure.SERVED, Exposure.SERVER)},
                    "{served: glob} or {server: glob}",
                    least=1,
                ),
                "a list of {served: glob} and {server: glob}",
                least=0,
            )
        ),
    }
)
_CODE: Final = Table(
    {
        **{name: Field(_GLOBS) for name in ("server", "client", "pages", "templates")},
        "islands": Field(FLAG),
        "stripped": Field(TEXTS),
        "returned": Field(MapOf(TEXTS, "a mapping of glob: exported functions", key=_GLOB)),
        "undefined": Field(TEXT),
        "fix": Field(TEXT),
    }
)
_PAGE: Final = Table(
    {
        "intro": required(TEXT),
        "settings": required(_WORDS),
        "wrong": required(FILES),
        "right": required(FILES),
        "blind": required(
            ListOf(Table({"what": required(TEXT), "files": required(FILES)}), "a list of {what: …, files: …}", least=0)
        ),
    }
)
FRAMEWORK: Final = Table(
    {
        "id": required(ID),
        "name": required(TEXT),
        "dependencies": required(ListOf(TEXT, "a non-empty list of packages")),
        "makes_apps": Field(FLAG),
        "aliases": Field(
            MapOf(ListOf(TEXT, "a non-empty list of folders"), "a mapping of import prefix: list of folders")
        ),
        "virtual": Field(TEXTS),
        "public_env": required(_WORDS),
        "outputs": required(ListOf(_OUTPUT, "a list of output folders", least=0)),
        "code": required(_CODE),
        "page": required(_PAGE),
        "references": required(ListOf(TEXT, "a non-empty list of URLs")),
    }
)


# --- code facts ------------------------------------------------------------------------------------------------------

_NAMES: Final = Table(
    {name: required(_EXPRESSIONS) for name in ("secret", "not_secret", "write", "read", "sanity")},
)
_SANITY: Final = Table(
    {
        "make_client": required(_EXPORTS),
        "clients": required(_EXPORTS),
        "global_clients": required(TEXTS),
        "session_clients": required(_EXPORTS),
        "reconfigure": required(TEXTS),
        "write_methods": required(TEXTS),
        "committed": required(TEXTS),
        "write_members": required(MapOf(TEXTS, "a mapping of member: methods")),
        "live": required(
            Table({"packages": required(TEXTS), "function": required(TEXT), "browser_token": required(TEXT)})
        ),
        "hosts": required(_EXPRESSION),
    }
)
_BUNDLERS: Final = ListOf(
    Table(
        {
            "files": required(_GLOB),
            "aliases": required(_SETTINGS),
            "entries": Field(_SETTINGS),
            "entry": Field(TEXT),
        }
    ),
    "a list of bundlers",
)
_SERVERS: Final = Table({"packages": required(TEXTS)})


# --- walk, triggers, macros ------------------------------------------------------------------------------------------

_WALK: Final = Table({"build_output": required(_FOLDERS), "prune": required(_FOLDERS)})
TRIGGERS: Final = MapOf(
    ListOf(TEXT, "a non-empty list of expressions"),
    "a mapping of decoder: expressions",
    key=Name("decoder", lambda names: names.decoders if names else None),
)
MACROS: Final = MapOf(
    TEXT,
    "a mapping of name: expression",
    key=Value("named in lower case with hyphens", lambda name: re.fullmatch(r"[a-z-]+", name) is not None),
)

_DATA_FILES: Final[Mapping[str, Type]] = {
    MACROS_FILE: MACROS,
    TRIGGERS_FILE: TRIGGERS,
    "walk.yaml": _WALK,
    "code/names.yaml": _NAMES,
    "code/sanity.yaml": _SANITY,
    "code/bundlers.yaml": _BUNDLERS,
    "code/servers.yaml": _SERVERS,
}
"""Path below the folder of the shipped rules -> what the file holds."""


def data_file_kind(path: str) -> Type | None:
    """Return what a shipped file must hold, by its path below the folder of the shipped rules; None for a rule file."""
    folder, _, name = path.rpartition("/")
    return FRAMEWORK if folder == FRAMEWORKS_FOLDER and name.endswith(".yaml") else _DATA_FILES.get(path)
