"""Erase what has no effect at run time from a script that its grammar rejects."""

from frontleak.js.erasure.language import Language
from frontleak.js.erasure.statements import StatementReader
from frontleak.js.erasure.tokens import OutOfStepsError, RejectedError


def erased(text: bytes, language: Language) -> bytes | None:
    """Return a text of the same length without types, and with what grammars lack in words they know.

    Everything else is at its old offset. The text is for a parser alone: its names and strings are not always those of
    the script.

    Returns:
        None when the text takes more steps, or nests deeper, than real code. When it cannot be read to its end, only
        its beginning is changed.
    """
    reader = StatementReader(
        text.decode("latin-1"), flow=language is Language.FLOW, jsx=language is not Language.TYPESCRIPT
    )
    try:
        reader.script()
    except RejectedError:
        pass
    except (OutOfStepsError, RecursionError):
        return None
    return reader.without_erased().encode("latin-1")
