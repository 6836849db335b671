"""Runs file rules on their own examples: files with a path and a content."""

from collections.abc import Iterator

from frontleak.core.blob import Blob
from frontleak.core.origins import FileOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.rules.documents import Document
from frontleak.rules.file_rule import FileRule, FileRules
from frontleak.rules.samples import draw


def behaviour(document: Document, rule: FileRule) -> Iterator[str]:
    """Yield a rule's mistakes on its own examples, as `file:line: message`."""
    rules = FileRules([rule])
    fake = draw(document.value["samples"], rule.id) if "samples" in document.value else ""
    for field, must_match in (("examples", True), ("silent", False)):
        for path, text in document.value[field].items():
            content = text.replace("{sample}", fake).encode("latin-1")
            found = rules.about(Blob(origin=FileOrigin(path=path), data=content, exposure=Exposure.SERVED))
            where = f"{document.where(field, path)}: {field}: {path}"
            if found.timed_out:
                yield f"{where}: the search takes too long"
            elif bool(found.rules) is not must_match:
                yield f"{where}: {'does not match' if must_match else 'matches'}"
