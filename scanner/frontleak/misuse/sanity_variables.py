"""The environment variables and settings of a project that its code gives to a Sanity client, whatever their names."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from frontleak.core.lazy_regex import LazyRegex, LazyTextRegex
from frontleak.js.references import References
from frontleak.misuse.project_clients import SanityClients
from frontleak.misuse.taint_sources import SourceKind, taint_sources
from frontleak.misuse.variable_names import is_secret

_CLIENT: Final = LazyRegex(rb"createClient|[sS]anityClient|picosanity|[cC]lient\s*\(\s*\{|sanity:client")
"""Matches a file that may create a client."""
_SANITY: Final = LazyRegex(rb"[sS]anity")
_TOKEN: Final = LazyRegex(rb"\b(?:\w{0,20}[tT]oken|[aA]uthorization)[\"']?\s*[:=]\s*([^,;\n]{1,160})")
"""Matches a setting for a token and its value."""
_VARIABLE: Final = LazyRegex(rb"(?<![\w$])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w$])")
_SETTINGS: Final = LazyTextRegex(r"(?:^|/)nuxt\.config\.\w+$")
"""Matches a configuration whose settings code reads by name."""
_SETTING: Final = LazyRegex(rb"\b([a-z]\w{5,60})\s*:\s*process\.env\.(\w+)\s*[,}!\n]")
"""Matches a setting that is a variable: its name, and the variable's."""
_MOST_FILES: Final = 40
"""Files whose clients are looked at."""
_ALWAYS_ANALYSED: Final = LazyTextRegex(r"SANITY_\w{0,40}(?:TOKEN|SECRET|KEY|PASSW|PASSPHRASE|CREDENTIAL)")
"""Matches names that mark every file that has them as a candidate."""


def sanity_variables(
    references: References, clients: SanityClients, paths: Iterable[str], read: Callable[[str], bytes | None]
) -> frozenset[str]:
    """Return the names of the variables that files give to a Sanity client, a loader or an integration as a token."""
    found: set[str] = set()
    makers: list[str] = []
    for path in paths:
        data = read(path) or b""
        if not _SANITY.search(data):
            continue
        for value in _TOKEN.finditer(data):
            found.update(name.group().decode() for name in _VARIABLE.finditer(value.group(1)))
        if _CLIENT.search(data):
            makers.append(path)
    for path in makers[:_MOST_FILES]:
        for module in references.modules(path) if clients.may_pass(path) else ():
            for passed in clients.passed(module):
                sources = taint_sources(references, passed.token)
                found.update(each.name for each in sources if each.kind is SourceKind.ENV)
                settings = (each.name.rpartition(".")[2] for each in sources if each.kind is SourceKind.SETTING)
                found.update(name for name in settings if not is_secret(name))  # `token` is in every file
    for path in paths:
        if _SETTINGS.search(path):
            held = ((each.group(1).decode(), each.group(2).decode()) for each in _SETTING.finditer(read(path) or b""))
            found |= {setting for setting, variable in held if variable in found}
    return frozenset(found)


def naming(variables: Iterable[str], paths: Iterable[str], read: Callable[[str], bytes | None]) -> list[str]:
    """Return the files that name a variable by whose name no file is a candidate."""
    expression = naming_any(variables)
    if expression is None:
        return []
    names = [name.encode() for name in variables if not _ALWAYS_ANALYSED.search(name)]
    found = ((path, read(path) or b"") for path in paths)
    return [path for path, data in found if any(name in data for name in names) and expression.search(data)]


def naming_any(variables: Iterable[str]) -> re.Pattern[bytes] | None:
    """Return a regular expression for a variable by whose name no file is a candidate; None if there is none."""
    names = [re.escape(name).encode() for name in variables if not _ALWAYS_ANALYSED.search(name)]
    return re.compile(rb"(?<![\w$])(?:%b)(?![\w$])" % b"|".join(sorted(names))) if names else None
