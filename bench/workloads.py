"""Workloads: the views of the corpus and a few generated hard files."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import corpus

TOKENS = 5_000
LONG_LINE = 20_000_000
MANY_BLANKS = 100_000
MEGABYTE_OF_BLANKS = 1_000_000

LETTERS_AND_DIGITS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A folder to scan."""

    name: str
    title: str
    folder: Path
    size: corpus.Size
    planted: bool
    """Whether one file contains the planted token."""
    names_files: bool = False
    """Whether frontleak is given file names, as in a hook; the peers are given the folder."""

    @property
    def is_build(self) -> bool:
        """Whether it is a complete build, not a few files or a hard file."""
        return self.planted and not self.names_files

    def targets(self, *, by_name: bool) -> list[Path]:
        """Return the paths for the command line: each file, or the folder."""
        return corpus.files_below(self.folder) if by_name else [self.folder]


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """A generated workload of one file."""

    name: str
    title: str
    pieces: Callable[[], Iterator[str]]


def many_tokens() -> Iterator[str]:
    """Yield one line with thousands of different Sanity-shaped tokens."""
    yield "window.tokens=["
    for number in range(TOKENS):
        yield f'{{token:"{corpus.fake_token(number)}"}},'
    yield "];\n"


def long_line() -> Iterator[str]:
    """Yield one line of code that looks minified."""
    # deterministic, and not used for security
    generator = random.Random("long line")
    written = 0
    while written < LONG_LINE:
        a, b, c, d, e = ("".join(generator.choices(string.ascii_letters, k=2)) for _ in range(5))
        number = generator.randrange(10_000)
        piece = f'function {a}({b},{c}){{return {b}.{d}?{c}("{e}-{d}",{number}):{{{e}:!0,k:{b}}}}}'
        written += len(piece)
        yield piece
    yield "\n"


def letters_and_digits() -> Iterator[str]:
    """Yield one line of only letters and digits."""
    generator = random.Random("letters and digits")
    for _ in range(20):
        yield "".join(generator.choices(LETTERS_AND_DIGITS, k=LONG_LINE // 20))
    yield "\n"


def blanks(count: int) -> Iterator[str]:
    """Yield an assignment to a secret's name, followed only by blanks."""
    yield f"const sanityToken ={' ' * count};\n"


SPECIALS = (
    Special(name="tokens", title=f"{TOKENS:,} tokens of 180 characters on one line", pieces=many_tokens),
    Special(name="long-line", title="one line of 20 MB of minified code", pieces=long_line),
    Special(
        name="alphanumeric",
        title="one line of 20 MB of letters and digits",
        pieces=letters_and_digits,
    ),
    Special(name="blanks", title=f"{MANY_BLANKS:,} blanks", pieces=lambda: blanks(MANY_BLANKS)),
    Special(
        name="megabyte-of-blanks",
        title="a megabyte of blanks",
        pieces=lambda: blanks(MEGABYTE_OF_BLANKS),
    ),
)


def all_names(spec: corpus.CorpusSpec) -> list[str]:
    """Return the names of all workloads, in the order of a run."""
    return [view.name for view in spec.views] + [special.name for special in SPECIALS]


def build_special(special: Special, cache: Path) -> Path:
    """Generate the file of a special workload if it is missing, and return its folder."""
    folder = cache / "special" / special.name
    target = folder / "main.js"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = cache / "special" / f"{special.name}.part"
        with partial.open("w", encoding="utf-8") as file:
            file.writelines(special.pieces())
        partial.rename(target)
    return folder


def build(spec: corpus.CorpusSpec, cache: Path, names: list[str]) -> Iterator[Workload]:
    """Build the named workloads in the cache folder and yield them in order."""
    for view in spec.views:
        if view.name in names:
            folder = corpus.build_view(spec, view, cache)
            yield Workload(
                name=view.name,
                title=view.title,
                folder=folder,
                size=corpus.size_of(folder),
                planted=True,
                names_files=view.name == "hook",
            )
    for special in SPECIALS:
        if special.name in names:
            folder = build_special(special, cache)
            yield Workload(
                name=special.name,
                title=special.title,
                folder=folder,
                size=corpus.size_of(folder),
                planted=False,
            )
