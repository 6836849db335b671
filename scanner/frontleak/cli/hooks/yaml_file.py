"""Adds a marked block to a YAML file of a hook tool, and takes it out again."""

import os
from typing import Any

from frontleak.cli.hooks.checkout import Checkout
from frontleak.cli.hooks.file_edit import FileEdit, read_text
from frontleak.cli.hooks.marked_block import with_block, with_lines, without_blocks
from frontleak.core.errors import ConfigError
from frontleak.core.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlFile:
    """A YAML file as it is without our lines."""

    path: str
    shown: str
    before: str | None
    """As it is; None if there is no file."""
    bare: str | None
    """Without our lines; None if there is nothing else."""
    value: Any
    """Of the bare text."""

    def edit(self, *additions: tuple[tuple[str, ...], Any], marked: bool = True) -> FileEdit:
        """Return the edit that puts values at places, each in a block of its own unless `marked` is false.

        Raises:
            ConfigError: the file is written in a way that cannot be extended; the message has the lines.
        """
        from frontleak.rules.yaml_insert import insertion, is_expected  # noqa: PLC0415 - keeps `--help` fast

        text = self.bare or ""
        for path, value in additions:
            where = insertion(text, path, value)
            made = where and (
                with_block(text, where.at, where.lines, where.indent, is_new=self.bare is None)
                if marked
                else with_lines(text, where.at, [f"{where.indent}{line}" for line in where.lines])
            )
            if not made or not is_expected(text, made, path, value):
                place = f"below {'.'.join(path)}" if path else "at the top level"
                raise ConfigError(
                    f"{self.shown}: cannot be extended without rewriting it",
                    advice=f"write this {place} by hand: {_flow(value)}",
                )
            text = made
        return FileEdit(path=self.path, shown=self.shown, before=self.before, after=text)


def read_yaml_file(checkout: Checkout, name: str) -> YamlFile:
    """Read a YAML file of the checkout.

    Raises:
        ConfigError: it cannot be read, or is not one valid YAML document with a mapping.
    """
    from frontleak.rules.yaml_insert import problem_in_yaml, read_yaml  # noqa: PLC0415 - keeps `--help` fast

    path = checkout.path(name)
    before = read_text(path, name)
    bare = None if before is None else without_blocks(before, name)
    if os.path.islink(path):
        raise ConfigError(f"{name}: is a link, so it is not edited", advice="write the lines by hand (docs/hooks.md)")
    if found := problem_in_yaml(bare or ""):
        advice = "correct the file, then run the command again"
        raise ConfigError(f"{name}:{found[0]}: not valid YAML: {found[1]}", advice=advice)
    value = read_yaml(bare or "")
    if value is not None and not isinstance(value, dict):
        raise ConfigError(f"{name}:1: not a mapping", advice="correct the file, then run the command again")
    return YamlFile(path=path, shown=name, before=before, bare=bare, value=value or {})


def yaml_removal(checkout: Checkout, name: str) -> FileEdit | None:
    """Return the edit that takes our lines out of a YAML file; None if there is no such file."""
    path = checkout.path(name)
    before = read_text(path, name)
    if before is None:
        return None
    return FileEdit(path=path, shown=name, before=before, after=without_blocks(before, name))


def _flow(value: Any) -> str:
    import json  # noqa: PLC0415 - only for a message

    return json.dumps(value, ensure_ascii=False)  # JSON is YAML in flow style
