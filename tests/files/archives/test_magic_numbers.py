"""The check of magic numbers agrees with the code that opens the file."""

import pytest

from frontleak.core.blob import Blob
from frontleak.core.origins import FileOrigin
from frontleak.files.archives.containers import MAGIC_NUMBERS
from frontleak.files.archives.magic_numbers import may_be_archive


def test_ordinary_text_is_not_looked_into() -> None:
    assert not may_be_archive(Blob(origin=FileOrigin(path="a.js"), data=b"const a = 1;"))


@pytest.mark.parametrize("opening", sorted(MAGIC_NUMBERS))
def test_whatever_can_be_opened_is_looked_into(opening: bytes) -> None:
    assert may_be_archive(Blob(origin=FileOrigin(path="a"), data=opening + b"x"))


def test_brotli_is_told_by_its_name() -> None:
    assert may_be_archive(Blob(origin=FileOrigin(path="a.js.br"), data=b"anything"))
