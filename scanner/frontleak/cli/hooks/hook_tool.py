"""What a hook tool is to `frontleak hook`: where it is set up, and what makes it run frontleak."""

from collections.abc import Callable, Iterable
from typing import Final

from frontleak.cli.hooks.checkout import Checkout
from frontleak.cli.hooks.file_edit import FileEdit
from frontleak.core.records import dataclass

COMMIT: Final = "frontleak scan --staged"
"""What a hook of a tool runs that leaves the index and the files as they are."""
FILES: Final = "frontleak scan --"
"""The same for a tool that passes the files, and hides what is not staged in them meanwhile."""
SOURCE: Final = "git+https://github.com/frontleak/frontleak"
INSTALL: Final = f"pipx install {SOURCE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the hooks are to do."""

    builds: tuple[str, ...] = ()
    """Build folders to scan before a push, relative to the top; none for no hook before a push."""

    @property
    def push(self) -> str:
        """The command line that scans them; empty without any."""
        import shlex  # noqa: PLC0415 - only while hooks are installed

        words = (shlex.quote(f"./{build}" if build.startswith("-") else build) for build in self.builds)
        return f"frontleak scan --if-built {' '.join(words)}" if self.builds else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Edits of files, and what people have to do themselves."""

    edits: tuple[FileEdit, ...] = ()
    next_steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HookTool:
    """A program that runs commands when git commits and pushes."""

    name: str
    is_set_up: Callable[[Checkout], bool]
    install: Callable[[Checkout, Wanted], Plan]
    """Raises ConfigError if the lines cannot be added; the message has them."""
    uninstall: Callable[[Checkout], Iterable[FileEdit]]
    """Yields the edits that undo `install`, also for files without such lines."""
