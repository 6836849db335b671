"""The process that fuzzes: `python -m tests.fuzz.loop TARGET [option of libFuzzer …] FOLDER …`.

Atheris rewrites the bytecode of frontleak's modules while they are imported, so all of them are imported first, also those
that a scan imports late.
"""

import pkgutil
import sys
from importlib import import_module

import atheris

with atheris.instrument_imports(include=["frontleak"]):
    import frontleak

    for _module in pkgutil.walk_packages(frontleak.__path__, "frontleak."):
        if not _module.name.endswith("__main__"):
            import_module(_module.name)
    from tests.fuzz.targets import target_named


def main() -> None:
    """Fuzz until libFuzzer ends the process."""
    target = target_named(sys.argv[1])
    target.run(
        b""
    )  # makes the engines and all else that inputs share; within the first input, that would count as a hang
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
