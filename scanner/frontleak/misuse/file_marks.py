"""What is looked for in the text of each source file, once: marks of its summary."""

from collections.abc import Sequence
from typing import Final

from frontleak.match.searches import Searches
from frontleak.misuse.app_tokens import token_packages
from frontleak.misuse.sanity_clients import NAMES_CLIENT, global_clients, may_import_maker
from frontleak.misuse.sanity_requests import NAMES_ADDRESS, SETS_TOKEN, addresses, token_places
from frontleak.misuse.sanity_writes import member_names, write_calls
from frontleak.misuse.secret_signs import HAS_SIGN, has_sign, likely_signs
from frontleak.modulegraph.import_scan import ImportSite
from frontleak.rules.code_names import CodeNames, made_of_code_names

MAY_HAVE_CLIENT: Final = 2
"""The file may create a client or read a token; for imported files that the pattern engine has not seen."""
MAY_USE: Final = 16
"""It may use a token or client of another module, or give it one."""
MAY_HOLD: Final = 32
"""It may hold a secret from an environment variable."""
NAMES_SETTINGS: Final = 64
"""It names a package whose settings may hold a token."""
OF_SANITY: Final = NAMES_CLIENT | NAMES_ADDRESS | NAMES_SETTINGS
"""Marks of code that uses Sanity."""
_CLIENT_OR_TOKEN: Final = rb"createClient|sanityClient|picosanity|sanity:client|\.sanity\.(?:io|work)|TOKEN|SECRET"
_TOKEN_USE: Final = rb"[tT]oken|TOKEN|[sS]ecret|SECRET|[cC]onfig|\benv\b"
ENV_SECRET: Final = rb"_(?:TOKEN|SECRET|KEY)\b|[tT]oken\s*[:=]"
"""Matches a file with that mark."""
_GLOBALS, _SIGNS, _MEMBERS = 1, 128, 256
"""Bits of what is only a part of a mark."""


def marks_of(text: bytes, imports: Sequence[ImportSite]) -> int:
    """Return the marks of a file, by its text and its imports."""
    found = _searches().among(text)
    marks = found & (MAY_HAVE_CLIENT | NAMES_ADDRESS | SETS_TOKEN | MAY_USE | MAY_HOLD | NAMES_SETTINGS)
    if found & _GLOBALS or may_import_maker(text, imports):
        marks |= NAMES_CLIENT
    if has_sign(text, imports, is_likely=bool(found & _SIGNS)):
        marks |= HAS_SIGN
    if found & _MEMBERS and write_calls().search(text):
        marks |= MAY_USE
    return marks


@made_of_code_names
def _searches(_: CodeNames) -> Searches:
    """Return the searches whose bits are the constants above, in this order."""
    expressions = (
        global_clients().pattern,
        _CLIENT_OR_TOKEN,
        b"(?x)" + addresses().pattern,
        token_places(),
        _TOKEN_USE,
        ENV_SECRET,
        token_packages().pattern,
        likely_signs(),
        member_names(),
    )
    return Searches([each.decode() for each in expressions])
