"""What a build compiles in advance (`hatch_build.py`); no scan imports this."""

from collections.abc import Iterator

from frontleak.match.engine import hyperscan_available, prefilters
from frontleak.rules.load import compiled_rules, load_rules


def compiled_files_of_the_package() -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of each compiled file; without a database where Hyperscan is not installed."""
    yield from compiled_rules()
    if hyperscan_available():
        from frontleak.match.hyperscan_pass import compiled_database  # noqa: PLC0415 - absent on some platforms

        yield compiled_database(prefilters(load_rules()))
