"""Follows a secret in built code of a server to the browser: outwards from its literal, through names and calls.

Only what is certain counts: a value that is compared, goes into a request or to a function that is not known ends the
way there.
"""

from collections import deque
from typing import Final

from frontleak.misuse.server_output.bundle import Bundle
from frontleak.misuse.server_output.steps import Onward, Sent
from frontleak.misuse.server_output.surroundings import outwards

_MOST_STEPS: Final = 3_000
"""Nodes that are looked at for one secret."""
_DEEPEST: Final = 12
"""Members between a value and the secret in it."""
_MOST_NAMES: Final = 4
"""Names that a report lists."""
_TEXTS: Final = frozenset({"string", "template_string"})


def way_to_browser(bundle: Bundle, path: str, start: int, end: int) -> str | None:
    """Return how a secret in a script reaches the browser, as a sentence without its full stop; None if unknown.

    Args:
        bundle: the scripts.
        path: the script.
        start: byte offset of the secret.
        end: the one behind it.
    """
    around = bundle.module_around(path, start)
    if around is None:
        return None
    module, base = around
    node = module.root.descendant_for_byte_range(start - base, end - base)
    if node is None:
        return None
    if node.parent is not None and node.parent.type in _TEXTS:
        node = node.parent
    pending: deque[tuple[Onward, tuple[str, ...]]] = deque([(Onward(module, node, ()), ())])
    seen: set[tuple[str, int, int, tuple[str, ...]]] = set()
    for _ in range(_MOST_STEPS):
        if not pending:
            break
        value, names = pending.popleft()
        key = (value.module.path, value.node.start_byte, value.node.end_byte, value.path)
        if key in seen or len(value.path) > _DEEPEST:
            continue
        seen.add(key)
        for found in outwards(bundle, value):
            if isinstance(found, Sent):
                return _sentence(names, found.how)
            is_new = found.name and found.name not in names
            pending.append((found, (*names, found.name) if is_new else names))
    return None


def _sentence(names: tuple[str, ...], how: str) -> str:
    shown = [name.partition("$")[0] for name in names]
    shown = [name for name in dict.fromkeys(shown) if len(name) > 2][-_MOST_NAMES:]  # shorter ones are of a minifier
    return f"through {', '.join(shown)}: {how}" if shown else how
