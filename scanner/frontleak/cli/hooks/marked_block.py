"""A block of lines between two comments in a shell script or YAML file, which can be taken out without a trace.

The first comment also says what else was added with the block: the whole file, or the end of the line before it.
"""

import re
from typing import Final

from frontleak.core.errors import ConfigError

_BEGIN: Final = "# frontleak hook: begin"
_END: Final = "# frontleak hook: end"
_NEW_FILE: Final = " (new file)"
_NO_NEWLINE: Final = " (no newline before)"
_BLOCK: Final = re.compile(
    rf"^[ \t]*{_BEGIN}(?P<more>{re.escape(_NEW_FILE)}|{re.escape(_NO_NEWLINE)})?\r?\n"
    rf"(?P<body>(?:(?![ \t]*{_BEGIN})[^\n]*\n)*?)[ \t]*{_END}(?:\r?\n|\Z)",
    re.MULTILINE,
)
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
SHEBANG: Final = "#!/bin/sh\n"
"""The first line of a new script."""


def new_script(lines: list[str]) -> str:
    """Return a shell script that is one block."""
    return SHEBANG + "".join(f"{line}\n" for line in (f"{_BEGIN}{_NEW_FILE}", *lines, _END))


def with_block(text: str, at: int, lines: list[str], indent: str = "", *, is_new: bool = False) -> str:
    """Return a text with a block inserted before the 0-based line `at`, in the line ending of the text.

    `is_new` notes that there is no such file yet.
    """
    before = _lines(text)
    while at < len(before) and before[at].strip() == _END:  # of a block that was inserted just now
        at += 1
    is_open = 0 < len(before) <= at and not before[-1].endswith("\n")
    begin = f"{_BEGIN}{_NEW_FILE if is_new else _NO_NEWLINE if is_open else ''}"
    return with_lines(text, at, [f"{indent}{line}" for line in (begin, *lines, _END)])


def with_lines(text: str, at: int, lines: list[str]) -> str:
    """Return a text with lines inserted before the 0-based line `at`, in the line ending of the text."""
    end = "\r\n" if "\r\n" in text else "\n"
    before = _lines(text)
    head, tail = "".join(before[:at]), "".join(before[at:])
    added = "".join(f"{line.rstrip()}{end}" for line in lines)
    return f"{head}{end if head and not head.endswith(chr(10)) else ''}{added}{tail}"


def without_blocks(text: str, file: str) -> str | None:
    """Return a text as it was before blocks were inserted; None if the file consists of what was added.

    Raises:
        ConfigError: a block has no end, or an end no beginning.
    """
    is_new = False
    while found := _BLOCK.search(text):
        is_new = is_new or found["more"] == _NEW_FILE
        start = found.start()
        if found["more"] == _NO_NEWLINE and found.end() == len(text):
            start -= 2 if text.endswith("\r\n", 0, start) else 1
        text = text[:start] + text[found.end() :]
    for number, line in enumerate(_lines(text), start=1):
        if line.strip().startswith((_BEGIN, _END)):
            raise ConfigError(
                f"{file}:{number}: the lines of the hook have no {'end' if _BEGIN in line else 'beginning'}",
                advice="remove them by hand, then run the command again",
            )
    return None if is_new and text in {SHEBANG, ""} else text


def _lines(text: str) -> list[str]:
    """Return the lines of a text with their ends: only a line feed ends one, as for git, shells and YAML."""
    return _LINE.findall(text)
