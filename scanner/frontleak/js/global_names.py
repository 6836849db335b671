"""Names of globals and of their members, such as `process.env`, however code writes them."""

from frontleak.js.module import Expr
from frontleak.js.references import References
from frontleak.js.referents import MemberOf, Referent
from frontleak.js.step_budget import MOST_DEPTH
from frontleak.js.syntax import accessed, unwrapped


def global_name(references: References, referent: Referent) -> str:
    """Return the dotted name of a global or its member, such as `process.env`; empty for anything else.

    Brackets, casts, `?.` and `!` do not count: `(process as any)?.["env"]` is `process.env`.
    """
    path: list[str] = []
    if isinstance(referent, MemberOf):
        path += reversed(referent.path)
        referent = referent.whole
    if not isinstance(referent, Expr):
        return ""
    module, node = referent
    for _ in range(MOST_DEPTH):
        node = unwrapped(node)
        if node.type in {"identifier", "meta_property", "this"}:
            return ".".join((module.name(node), *reversed(path)))
        owner, _key = accessed(Expr(module, node)) or (None, None)
        names = references.member_names(Expr(module, node)) if owner is not None else []
        if owner is None or len(names) != 1:
            return ""
        path.append(names[0])
        node = owner
    return ""
