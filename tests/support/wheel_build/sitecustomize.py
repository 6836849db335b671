"""The Python that builds the wheel imports this first; it then takes what this run of the tests has compiled.

Compiling the rules, their expressions and their databases takes half a minute. What is taken has the name, a digest of all
that it is compiled from, and the checksum that a scan looks for; what is missing is compiled.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def _take() -> None:
    import hyperscan

    from frontleak.core import cache
    from frontleak.match import hyperscan_pass
    from frontleak.rules import load
    from tests.support import forked, run_folder

    run_folder.share(Path(os.environ["FRONTLEAK_CACHE_DIR"]).parent)
    forked.remember()  # the expressions
    rules = cache.read(load._shipped_name())
    if rules is not None:
        vars(load).update(_compile=lambda _texts, _names: (), ruleset_to_json=lambda: rules)
    compile_it = hyperscan_pass._built

    def built(expressions: Sequence[str]) -> Any:
        stored = cache.read(hyperscan_pass._name(expressions))
        return compile_it(expressions) if stored is None else hyperscan.loadb(stored, hyperscan.HS_MODE_BLOCK)

    vars(hyperscan_pass).update(_built=built)


if any(argument.endswith("build_wheel") for argument in sys.argv):  # the name of the hook that pip calls
    _take()
