"""The part of a literal that is rarest in code, by the frequencies of bytes."""

import pytest

from frontleak.rules.byte_frequencies import rarest_part


def test_a_text_that_is_no_longer_than_the_part_is_taken_from_its_beginning() -> None:
    assert rarest_part(b"short", 8) == 0


@pytest.mark.parametrize(
    ("frequent", "rare"),
    [
        (b"........", b"QZXJKVWY"),
        (b"........", b"01234567"),
        (b"abcdefgh", "äöüß".encode()),
        (b"abcdefgh", b"~~~~~~~~"),
        (b"        ", b"abcdefgh"),
    ],
)
def test_the_bytes_that_are_rarest_in_code_are_taken(frequent: bytes, rare: bytes) -> None:
    assert rarest_part(frequent + rare, 8) == 8
    assert rarest_part(rare + frequent, 8) == 0
