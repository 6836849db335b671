"""The validators of a secret."""

import pytest

from frontleak.match.validators import entropy, is_valid
from frontleak.rules.pattern_rule import Validators
from frontleak.rules.samples import draw
from tests.support.shipped import fake

TOKEN = fake("github-token").encode()
JWT = draw("", "seed", jwt={"role": "service_role"}).encode()
ROLE = {"role": "service_role"}

REFUSED = {
    "too few digits": (b"abc1", Validators(digits=2)),
    "digits of another script": ("٣٤".encode(), Validators(digits=1)),
    "superscript digits": ("²³".encode("latin-1"), Validators(digits=1)),
    "too few capitals": (b"aBc", Validators(upper=2)),
    "capitals of another alphabet": ("É".encode("latin-1"), Validators(upper=1)),
    "too few small letters": (b"ABc", Validators(lower=2)),
    "too little variety": (b"aabb", Validators(entropy=1.01)),
    "one character over and over": (b"a" * 100, Validators(entropy=0.1)),
    "a wrong checksum": (TOKEN[:-1] + (b"a" if TOKEN[-1:] != b"a" else b"b"), Validators(checksum="crc32-base62")),
    "a checksum of other characters": (TOKEN[:10] + b"#" + TOKEN[11:], Validators(checksum="crc32-base62")),
    "a text too short for a checksum": (b"abc", Validators(checksum="crc32-base62")),
    "claims of another role": (draw("", "seed", jwt={"role": "anon"}).encode(), Validators(jwt=ROLE)),
    "a token without a signature": (JWT.rpartition(b".")[0], Validators(jwt=ROLE)),
    "a token of four parts": (JWT + b".x", Validators(jwt=ROLE)),
    "claims that are no base64": (b"eyJh.!!!!.x", Validators(jwt=ROLE)),
    "claims that are no JSON": (b"eyJh.eyJh.x", Validators(jwt=ROLE)),
    "claims that are a list": (b"eyJh.W10.x", Validators(jwt=ROLE)),
    "claims beyond UTF-8": (b"eyJh._____w.x", Validators(jwt=ROLE)),
    "claims nested a hundred thousand deep": (b"a." + b"W1tb" * 50_000 + b".x", Validators(jwt=ROLE)),
    "nothing at all": (b"", Validators(digits=1)),
    "nothing where variety is asked": (b"", Validators(entropy=0.1)),
}


@pytest.mark.parametrize(("secret", "require"), REFUSED.values(), ids=REFUSED)
def test_a_secret_is_refused_for(secret: bytes, require: Validators) -> None:
    assert not is_valid(secret, require)


ACCEPTED = {
    "nothing asked": (b"x", Validators()),
    "just enough digits": (b"a12", Validators(digits=2)),
    "just enough capitals": (b"ABc", Validators(upper=2)),
    "just enough small letters": (b"Abc", Validators(lower=2)),
    "just enough variety": (b"aabb", Validators(entropy=1.0)),
    "the right checksum": (TOKEN, Validators(checksum="crc32-base62")),
    "the right claims": (JWT, Validators(jwt=ROLE)),
    "everything at once": (b"aB1cD2", Validators(digits=2, upper=2, lower=2, entropy=2.5)),
}


@pytest.mark.parametrize(("secret", "require"), ACCEPTED.values(), ids=ACCEPTED)
def test_a_secret_is_accepted_with(secret: bytes, require: Validators) -> None:
    assert is_valid(secret, require)


@pytest.mark.parametrize(("secret", "bits"), [(b"", 0), (b"aaaa", 0), (b"ab", 1), (b"abcd", 2), (bytes(range(256)), 8)])
def test_entropy_is_counted_in_bits_a_byte(secret: bytes, bits: float) -> None:
    assert entropy(secret) == pytest.approx(bits)
