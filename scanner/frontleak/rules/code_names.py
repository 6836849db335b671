"""Names that have a meaning in a framework, of all frameworks together: any code of a tree may use them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, Final, NamedTuple, TypeVar

from frontleak.core.records import dataclass, field
from frontleak.rules.frameworks import Framework, made_of_frameworks

T = TypeVar("T")
VARIABLE: Final = "NAME"
"""Stands for the name of a variable in `page_variables`."""


class PublicDeclaration(NamedTuple):
    """A call that declares a variable as public, as the value of the variable's name."""

    function: str
    """Its methods count too: `envField.string(…)`."""
    setting: str
    value: str
    """Text of the setting that makes the variable public."""


class PublishedArgument(NamedTuple):
    """An argument of a function that is published."""

    function: str
    """A name; with a dot, the end of an expression: `transferState.set`."""
    how: str
    """A sentence without its full stop."""
    member: str = ""
    """The member of the argument that is published; empty for all of it. Of a function, its result."""
    argument: int = 0
    """Position of the argument."""
    module: str = ""
    """The package from which the function is imported; empty where its name is distinctive."""
    file_names: str = ""
    """A text that the file must have, for a name that is not distinctive."""
    on_both_sides: bool = False
    """Whether client-side code calls it too, which the server runs for the first page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeNames:
    """Names with a meaning; docs/writing-rules.md describes the fields."""

    directives: Mapping[str, str] = field(default_factory=dict)
    """Directive -> `client` or `server`."""
    server_only: tuple[str, ...] = ()
    """Modules whose import keeps a file out of client bundles."""
    client_only: tuple[str, ...] = ()
    """Modules whose import makes a file client-side."""
    islands: tuple[str, ...] = ()
    """Attributes that make a component in an Astro file an entry point."""
    server_functions: tuple[str, ...] = ()
    """Functions that keep their function arguments on the server."""
    server_methods: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Function -> methods of its result that keep their function arguments on the server."""
    server_members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Function -> members of the object given to its result whose functions stay on the server."""
    browser_checks: tuple[str, ...] = ()
    """Conditions that are true in the browser only."""
    server_checks: tuple[str, ...] = ()
    """Conditions that are true on the server only."""
    server_bundle_checks: tuple[str, ...] = ()
    """Conditions in a configuration that are true for the bundle of the server."""
    environment: tuple[str, ...] = ()
    """Expressions for the whole environment."""
    inlined_environment: tuple[str, ...] = ()
    """Expressions that a build replaces by an object with all public variables."""
    environment_functions: tuple[str, ...] = ()
    """Functions that return the whole environment."""
    environment_modules: Mapping[str, str] = field(default_factory=dict)
    """Module that exports variables -> which: `server`, `prefixed` or `declared`."""
    variable_functions: tuple[str, ...] = ()
    """Functions that return the variable that they are given the name of."""
    public_declarations: tuple[PublicDeclaration, ...] = ()
    page_variables: tuple[str, ...] = ()
    """Placeholders for a public variable in HTML pages, with NAME for its name."""
    settings_functions: tuple[str, ...] = ()
    """Functions that return settings of the configuration."""
    settings_modules: tuple[str, ...] = ()
    """Modules that export settings of the configuration."""
    public_settings: tuple[str, ...] = ()
    """Settings below which everything is published."""
    handlers: tuple[str, ...] = ()
    """Functions whose function argument returns a response."""
    responses: tuple[str, ...] = ()
    """Functions that send their first argument to the browser."""
    cookie_functions: tuple[str, ...] = ()
    """Functions that set a cookie or header."""
    cookie_stores: tuple[str, ...] = ()
    """Functions that return an object that sets cookies."""
    published_arguments: tuple[PublishedArgument, ...] = ()
    page_components: tuple[str, ...] = ()
    """Packages whose components write their props and texts into the page."""
    request_state: tuple[str, ...] = ()
    """Members of the event or context of a request that hold values for its other handlers: `event.locals`."""
    function_wrappers: tuple[str, ...] = ()
    """Functions that return a function with the results of their argument: `cache(async () => …)`."""
    value_holders: tuple[str, ...] = ()
    """Functions that return an object with their argument as its value: `ref(…)`."""
    sender_marks: tuple[str, ...] = ()
    """Texts in a built function, or in its arguments, that tell that it sends what its function argument returns."""
    wrapper_marks: tuple[str, ...] = ()
    """Regular expressions for a string argument by which the result of a built function is its first argument."""

    def directives_of(self, side: str) -> frozenset[str]:
        """Return the directives of a side, `client` or `server`."""
        return frozenset(directive for directive, its_side in self.directives.items() if its_side == side)

    def environment_modules_of(self, *kinds: str) -> frozenset[str]:
        """Return the modules that export variables of some kinds."""
        return frozenset(module for module, kind in self.environment_modules.items() if kind in kinds)


_RECORDS: Final[Mapping[str, Callable[..., Any]]] = {
    "public_declarations": PublicDeclaration,
    "published_arguments": PublishedArgument,
}


@made_of_frameworks
def code_names(frameworks: tuple[Framework, ...]) -> CodeNames:
    """Return the names of all frameworks in use."""
    found: dict[str, Any] = {}
    for name in (each.name for each in fields(CodeNames)):
        values = [framework.names[name] for framework in frameworks if name in framework.names]
        if values and isinstance(values[0], dict):
            found[name] = {key: value for part in values for key, value in part.items()}
        elif name in _RECORDS:
            found[name] = tuple(_RECORDS[name](**item) for part in values for item in part)
        else:
            found[name] = tuple(dict.fromkeys(item for part in values for item in part))
    return CodeNames(**{name: value for name, value in found.items() if value})


def made_of_code_names(make: Callable[[CodeNames], T]) -> Callable[[], T]:
    """Decorate a function of the names in use: it is called without arguments, and again only for other ones."""
    return made_of_frameworks(lambda _: make(code_names()))


def any_of(texts: Iterable[str]) -> str:
    """Return a regular expression for one of several texts; one that never matches if there are none."""
    return f"(?:{'|'.join(map(re.escape, texts)) or '(?!)'})"
