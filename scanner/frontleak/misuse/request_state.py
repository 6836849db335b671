"""Values that a hook or middleware keeps for the handlers of a request: `event.locals.token = …`, `event.context.…`."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from frontleak.js.global_names import global_name
from frontleak.js.module import Expr
from frontleak.js.references import References
from frontleak.js.referents import Parameter, Referent
from frontleak.rules.code_names import CodeNames, any_of, code_names, made_of_code_names

_MOST_FILES: Final = 20
"""Files in which the assignments of one member are looked for."""


def kept_by(paths: Iterable[str], read: Callable[[str], bytes | None]) -> Mapping[str, tuple[str, ...]]:
    """Return member -> files that assign it to the state of a request."""
    found: dict[str, tuple[str, ...]] = {}
    for path in paths:
        for name in dict.fromkeys(match.decode() for match in _assignment().findall(read(path) or b"")):
            found[name] = (*found.get(name, ()), path)
    return found


def reading(members: Iterable[str], paths: Iterable[str], read: Callable[[str], bytes | None]) -> list[str]:
    """Return the files that may read one of some members of the state of a request."""
    names = b"|".join(sorted(re.escape(name).encode() for name in members))
    if not names:
        return []
    member = re.compile(rb"\b(?:%b)\b" % names)
    found = ((path, read(path) or b"") for path in paths)
    return [path for path, data in found if _state().search(data) and member.search(data)]


def kept_values(references: References, kept: Mapping[str, tuple[str, ...]], referent: Referent) -> Iterator[Expr]:
    """Yield the values that the project assigns to a member of the state of a request, if a referent is one."""
    name = _member_of_state(references, referent) if kept else ""
    for path in kept.get(name, ())[:_MOST_FILES] if name else ():
        for module in references.modules(path):
            for node in module.all("assignment_expression"):
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                parts = module.name(left).replace("?", "").replace("!", "").split(".")
                if (
                    right is not None
                    and parts[-1] == name
                    and len(parts) > 1
                    and parts[-2] in code_names().request_state
                ):
                    yield Expr(module, right)


def _member_of_state(references: References, referent: Referent) -> str:
    """Return the name of the member of the state of a request that a referent is; empty for anything else."""
    if isinstance(referent, Parameter):
        start, end = referent.place
        declared = referent.expr.module.source[start:end].decode("utf-8", "replace")
        parts = [declared, *map(str, referent.path)]
    else:
        parts = global_name(references, referent).split(".")
    return parts[-1] if len(parts) > 1 and parts[-2] in code_names().request_state else ""


@made_of_code_names
def _state(names: CodeNames) -> re.Pattern[bytes]:
    return re.compile(rb"\b%b\b" % any_of(names.request_state).encode())


@made_of_code_names
def _assignment(names: CodeNames) -> re.Pattern[bytes]:
    """Return a regular expression for an assignment to a member of the state of a request."""
    return re.compile(rb"\.%b[!?]?\.([A-Za-z_$][\w$]{0,60})\s*=(?![=>])" % any_of(names.request_state).encode())
