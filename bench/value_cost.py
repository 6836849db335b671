"""Show what known values cost: to prepare them, and per byte of real code.

The values are drawn from a fixed seed. The second table shows how fast Hyperscan finds literals of letters and digits,
by their number and length; read it before you change the search.
"""

from __future__ import annotations

import argparse
import random
import re
import string
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from bench import corpus, report
from bench.pass_share import read_view
from frontleak.core.env_value import EnvValue, EnvVariable, HiddenValue
from frontleak.match.engine import Engine
from frontleak.match.known_values import KnownValues
from frontleak.match.literal_pass import HyperscanLiterals
from frontleak.rules.load import load_rules

NUMBERS: Final = (1, 4, 20, 60, 80, 200, 1_000)
COUNTS: Final = (1, 30, 90, 240, 600, 790, 1_200, 2_600)
LENGTHS: Final = (4, 6, 8, 12)
_LENGTHS_OF_VALUES: Final = (16, 20, 24, 32, 40, 64)
_LETTERS: Final = string.ascii_letters + string.digits
_SPECIAL: Final = "\"/<+&'\\ é$=?>"
_MAPPINGS: Final = re.compile(rb'"mappings":\s*"[^"]*"')


def values(count: int, *, quotes: bool = False) -> list[EnvValue]:
    """Return random values of letters and digits, or each with characters that encodings escape in its middle."""
    generator = random.Random(200)
    drawn = ["".join(generator.choices(_LETTERS, k=_LENGTHS_OF_VALUES[number % 6])) for number in range(count)]
    texts = [text[:10] + _SPECIAL + text[10:] if quotes else text for text in drawn]
    return [
        EnvValue(value=HiddenValue(text.encode()), variables=(EnvVariable(f"V{number}", ".env", number + 1),))
        for number, text in enumerate(texts)
    ]


def least_seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the least CPU time of some work."""
    times = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    return min(times)


def least_seconds_in_scan(known: KnownValues, engine: Engine, texts: Sequence[bytes], rounds: int) -> float:
    """Return the least CPU time of the search for values, each text just after the pass of the rules over it.

    That is slower than one text after the other: the tables of both passes share the caches.
    """
    times = []
    for _ in range(rounds):
        spent = 0.0
        for text in texts:
            engine.scan(text)
            before = time.process_time()
            known.scan(text)
            spent += time.process_time() - before
        times.append(spent)
    return min(times)


def rows_of_values(texts: Sequence[bytes], rounds: int) -> Iterator[list[str]]:
    """Yield (values, milliseconds to prepare them, nanoseconds a byte alone, and between the passes of the rules)."""
    size = sum(map(len, texts))
    engine = Engine(load_rules())
    for name, chosen in (
        *((f"{number:,}", values(number)) for number in NUMBERS),
        ("200 with quotes", values(200, quotes=True)),
    ):
        prepare = least_seconds(lambda chosen=chosen: KnownValues(chosen, hyperscan=True), rounds)  # type: ignore[misc]
        known = KnownValues(chosen, hyperscan=True)
        scan = least_seconds(lambda known=known: list(map(known.scan, texts)), rounds)  # type: ignore[misc]
        in_scan = least_seconds_in_scan(known, engine, texts, rounds)
        yield [name, f"{prepare * 1e3:.0f}", f"{scan / size * 1e9:.2f}", f"{in_scan / size * 1e9:.2f}"]


def rows_of_literals(texts: Sequence[bytes], rounds: int) -> Iterator[list[str]]:
    """Yield the number of literals, and the nanoseconds a byte for each of their lengths."""
    size = sum(map(len, texts))
    for count in COUNTS:
        row = [f"{count:,}"]
        for length in LENGTHS:
            generator = random.Random(length)
            literals = ["".join(generator.choices(_LETTERS, k=length)).encode() for _ in range(count)]
            found = HyperscanLiterals(literals, accompanied=False)
            scan = least_seconds(lambda found=found: list(map(found.ends, texts)), rounds)  # type: ignore[misc]
            row.append(f"{scan / size * 1e9:.2f}")
        yield row


def render(of_values: Sequence[Sequence[str]], of_literals: Sequence[Sequence[str]]) -> str:
    """Return both tables in Markdown."""
    first = report.render_table([["values", "ms to prepare", "ns a byte", "ns a byte in a scan"], *of_values])
    head = ["literals", *(f"ns a byte, {length} bytes long" for length in LENGTHS)]
    return f"{first}\n\n{report.render_table([head, *of_literals])}\n"


def main() -> None:
    """Measure and print."""
    spec = corpus.load_spec()
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--view", choices=[view.name for view in spec.views], default="medium")
    parser.add_argument("--rounds", type=int, default=5, help="passes over the view, of which the least counts")
    parser.add_argument("--dir", type=Path, default=corpus.DEFAULT_FOLDER, help="cache folder")
    options = parser.parse_args()
    folder = corpus.prepare_folder(options.dir)
    view = next(view for view in spec.views if view.name == options.view)
    texts = [_MAPPINGS.sub(b"", text) for text in read_view(corpus.build_view(spec, view, folder))]
    of_values = list(rows_of_values(texts, options.rounds))
    print(render(of_values, list(rows_of_literals(texts, options.rounds))))


if __name__ == "__main__":
    main()
