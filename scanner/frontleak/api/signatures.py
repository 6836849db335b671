"""Functions that take the same arguments as another: its signature is written once."""

import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def taking_what(model: Callable[Arguments, Any]) -> Callable[[Callable[..., Result]], Callable[Arguments, Result]]:
    """Return a decorator of a function that takes the arguments of another, and returns what it returns itself.

    Type checkers, editors and `help` show the signature of the other one.
    """

    def of(function: Callable[..., Result]) -> Callable[Arguments, Result]:
        head = inspect.signature(model).replace(return_annotation=function.__annotations__["return"])
        function.__signature__ = head  # type: ignore[attr-defined]
        return function

    return of
