"""A blob without hits, as nine of ten real files are, costs one pass and one result."""

from collections.abc import Iterator

import pytest

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.origins import FileOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.decode.views import DecodedText
from frontleak.scanning.blob import scan_blob
from tests.support.made import scan_text
from tests.support.shipped import fake, full_engine


@pytest.mark.parametrize("exposure", [Exposure.SERVED, Exposure.SOURCE])
def test_nothing_is_decoded_where_nothing_hits(exposure: Exposure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontleak.scanning.blob.decode_all", None)
    blob = Blob(origin=FileOrigin(path="a.js"), data=b"const a = 1;\n", exposure=exposure, kind="utf-16")
    assert scan_blob(blob, full_engine()) == BlobResult(kind="utf-16", size=13)


def test_where_something_hits_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above is not vacuous."""
    asked: list[bytes] = []

    def decode(data: bytes, *_: object) -> Iterator[DecodedText]:
        asked.append(data)
        return iter(())

    monkeypatch.setattr("frontleak.scanning.blob.decode_all", decode)
    text = f'token="{fake("sanity-token")}"'
    scan_text(text)
    assert asked == [text.encode()]
