"""Tries the examples of frameworks: `wrong` has findings, `right` and `blind` have none, `layouts` are recognised."""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from frontleak.decode.sent_parts import SentParts
from frontleak.files.exposure import ExposureMap
from frontleak.rules.documents import Document
from frontleak.rules.documents import Path as Keys
from frontleak.rules.framework_fields import PLANTED
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.scan import scan


def behaviour(documents: Sequence[Document], ruleset: RuleSet) -> Iterator[str]:
    """Yield the mistakes of frameworks on their own examples, as `file:line: message`; a parser must be available.

    All examples are scanned at once, each as a project of its own that depends on the first of `dependencies`.
    """
    examples = [
        (document, keys, files)
        for document in documents
        if "page" in document.value
        for keys, files in _examples(document.value["page"])
    ]
    ids = {rule.id for rule in ruleset.others if rule.kind.is_code}
    found: dict[int, list[str]] = {}
    with tempfile.TemporaryDirectory(prefix="frontleak-") as folder:
        root = Path(folder).resolve()
        for number, (document, _, files) in enumerate(examples):
            _write(root / str(number), document.value["dependencies"][0], files)
        for finding in scan(ruleset, ScanOptions(paths=(str(root),), jobs=1, gitignore=False)).findings:
            path = Path(finding.place.origin.path).resolve()
            first, _, inner = path.relative_to(root).as_posix().partition("/")
            if finding.rule_id in ids:
                found.setdefault(int(first), []).append(f"{finding.rule_id} at {inner}:{finding.place.line}")
    for number, (document, keys, _) in enumerate(examples):
        places = found.get(number, [])
        if keys == ("page", "wrong") and not places:
            yield f"{document.where(*keys)}: page.wrong: expected a finding, got none"
        elif keys != ("page", "wrong") and places:
            name = keys[1]
            yield f"{document.where(*keys)}: page.{name}: expected no finding, got {', '.join(sorted(places))}"


def layouts(documents: Sequence[Document]) -> Iterator[str]:
    """Yield the files in the layouts of frameworks that have another exposure, as `file:line: message`."""
    for document in documents:
        for index, files in enumerate(document.value.get("page", {}).get("layouts", ())):
            with tempfile.TemporaryDirectory(prefix="frontleak-") as folder:
                root = Path(folder).resolve()
                _write(root, document.value["dependencies"][0], dict.fromkeys(files, ""))
                exposures = ExposureMap(root.as_posix())
                for path, expected in files.items():
                    found = exposures.exposure((root / path).as_posix())
                    if found != expected:
                        where = document.where("page", "layouts", index, path)
                        yield f"{where}: page.layouts: {path} is {found}, not {expected}"


def sent(documents: Sequence[Document]) -> Iterator[str]:
    """Yield the examples of parts that are sent which are taken for the opposite, as `file:line: message`."""
    for document in documents:
        for number, output in enumerate(document.value["outputs"]):
            for index, part in enumerate(output.get("sent", ())):
                for name, expected in (("sends", True), ("keeps", False)):
                    for line, text in enumerate(part.get(name, ())):
                        data = text.encode()
                        if SentParts(data, part["paths"]).hold(data.index(PLANTED.encode())) is not expected:
                            where = document.where("outputs", number, "sent", index, name, line)
                            taken = "is not in a part that is sent" if expected else "is in a part that is sent"
                            yield f"{where}: sent.{name}: {PLANTED} {taken}"


def _examples(page: Mapping[str, object]) -> Iterator[tuple[Keys, Mapping[str, str]]]:
    """Yield (keys of an example below the document, its files: path -> text)."""
    for name in ("wrong", "right"):
        files = page[name]
        assert isinstance(files, dict)
        yield ("page", name), files
    blind = page["blind"]
    assert isinstance(blind, list)
    yield from ((("page", "blind", index), item["files"]) for index, item in enumerate(blind))


def _write(folder: Path, dependency: str, files: Mapping[str, str]) -> None:
    package = json.dumps({"private": True, "dependencies": {dependency: "1.0.0"}})
    for path, text in {"package.json": package, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
