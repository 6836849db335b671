"""What a name in code refers to, in this project or in another package."""

from typing import Final, NamedTuple

from frontleak.js.module import DEFAULT, EVERYTHING, Expr

REST: Final = "..."
"""Beginning of the step of a member path that leaves members out: `...a,b` for the rest in `{a, b, ...rest}`."""


class ExternalExport(NamedTuple):
    """An export of another package."""

    package: str
    """The specifier as written, such as `@sanity/client` or `sanity:client`."""
    name: str
    """An identifier, `default`, `*`, or a name with its member: `env.TOKEN`."""

    def member(self, name: str) -> "ExternalExport":
        """Return a member of the export."""
        whole = self.name in {EVERYTHING, DEFAULT}
        return ExternalExport(self.package, name if whole else f"{self.name}.{name}")


class Parameter(NamedTuple):
    """A function parameter; its value comes from the caller."""

    expr: Expr
    """The use of the parameter."""
    path: tuple[str | int, ...]
    """Member path into the argument."""
    place: tuple[int, int]
    """Byte offsets of the name in the parameter list."""


class Namespace(NamedTuple):
    """All exports of a project file: `import * as x`."""

    path: str


class MemberOf(NamedTuple):
    """A member of an expression without an object literal, such as the result of a call; or the rest of a literal."""

    whole: Expr
    path: tuple[str, ...]

    @property
    def left_out(self) -> frozenset[str]:
        """Return the members that the rest of a literal lacks; empty for anything else."""
        last = self.path[-1]
        return frozenset(last.removeprefix(REST).split(",")) if last.startswith(REST) else frozenset()


Referent = Expr | ExternalExport | Parameter | Namespace | MemberOf
"""The resolved form of an expression: a literal, call or other expression that is not a name, or an external name."""
