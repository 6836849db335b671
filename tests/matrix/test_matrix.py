"""Everything that docs/limitations.md lists as found is found, and files with packed strings are reported."""

import pytest

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.origins import FileOrigin
from frontleak.match.engine import Engine
from frontleak.scanning.blob import scan_blob
from tests.matrix.embeddings import EMBEDDINGS
from tests.matrix.encodings import ENCODINGS
from tests.matrix.shapes import SHAPES, token
from tests.matrix.table import MINIFIED, OBFUSCATED, found, is_found_encoded, outputs
from tests.matrix.ways import FOLLOWED, NOT_FOLLOWED
from tests.support.code import Texts, misuse
from tests.support.made import secret_of
from tests.support.shipped import full_engine, shipped

ATTRIBUTE = "HTML attribute"
"""The embedding in which code is scanned without folding."""


def scanned(code: str, engine: Engine | None = None) -> BlobResult:
    return scan_blob(Blob(origin=FileOrigin(path="app.js"), data=code.encode()), engine or full_engine())


@pytest.mark.parametrize("embedding", [name for name in EMBEDDINGS if name != ATTRIBUTE])
@pytest.mark.parametrize("tool", MINIFIED)
def test_every_form_is_found_wherever_a_script_stands(tool: str, embedding: str) -> None:
    assert [shape for shape, held in found(tool, embedding).items() if not held] == []
    assert found(tool, embedding).keys() == SHAPES.keys()


@pytest.mark.parametrize("tool", MINIFIED)
def test_one_secret_is_one_finding_however_it_is_written(tool: str) -> None:
    for shape, code in outputs(tool).items():
        values = {secret_of(finding).reveal().decode() for finding in scanned(code).detections}
        assert values == {token(shape)}, shape


@pytest.mark.parametrize("tool", OBFUSCATED)
def test_what_an_obfuscator_hides_is_found(tool: str) -> None:
    assert {shape for shape, held in found(tool).items() if not held} <= {"parts in properties"}
    assert found(tool)["plain"]


@pytest.mark.parametrize("tool", MINIFIED)
def test_an_ordinary_file_is_not_called_opaque(tool: str) -> None:
    assert [shape for shape, code in outputs(tool).items() if scanned(code).diagnostics] == []


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name != "base64 twice"])
def test_a_sanity_token_is_found_in_every_encoding(encoding: str) -> None:
    """Of all rules, `python docs/generate.py --check` compares the count, in .ci/run."""
    (item,) = (item for item in shipped() if item.rule.id == "sanity-token")
    assert is_found_encoded(item, encoding)


def test_both_engines_find_the_same() -> None:
    slow = full_engine("regex")
    for shape, code in outputs("esbuild").items():
        fast, other = scanned(code), scanned(code, slow)
        assert [finding.place for finding in fast.detections] == [finding.place for finding in other.detections], shape


@pytest.mark.parametrize("project", NOT_FOLLOWED.values(), ids=NOT_FOLLOWED)
def test_ways_that_are_said_not_to_be_followed_are_not(project: Texts) -> None:
    assert misuse(project) == []


@pytest.mark.parametrize("project", FOLLOWED.values(), ids=FOLLOWED)
def test_ways_that_are_said_to_be_followed_are(project: Texts) -> None:
    assert [finding.rule_id for finding in misuse(project)] == ["sanity-token-in-client-code"]
