"""What a baseline costs: it is read once, and each detection is looked up once."""

import hmac
import json

import pytest

from frontleak.triage.accepted import Accepted
from frontleak.triage.baseline import new_baseline, read_baseline, write_baseline
from tests.support.made import scan_text
from tests.support.shipped import fake

ENTRIES = 10_000


def _large() -> str:
    empty = new_baseline()
    return "".join(
        write_baseline(empty.replaced(empty.entry("sanity-token", str(n), f"src/{n}.ts") for n in range(ENTRIES)))
    )


def test_reading_computes_no_digest_and_a_lookup_one_for_each_detection(monkeypatch: pytest.MonkeyPatch) -> None:
    text = _large()
    detections = scan_text(f"x='{fake('github-token')}'\ny='{fake('sanity-token')}'").detections
    digests: list[bytes] = []
    digest = hmac.digest

    def counted(key: bytes, message: bytes, name: str) -> bytes:
        digests.append(message)
        return digest(key, message, name)

    monkeypatch.setattr(hmac, "digest", counted)
    known = read_baseline("b.json", text)
    assert len(known.entries) == ENTRIES
    assert digests == []
    assert list(Accepted(baseline=known).apply(detections)) == list(detections)
    assert len(digests) == len(detections) == 2


def test_a_baseline_is_parsed_once_whatever_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    loads = json.loads

    def counted(text: str) -> object:
        calls.append(len(text))
        return loads(text)

    text = _large()
    monkeypatch.setattr(json, "loads", counted)
    read_baseline("b.json", text)
    assert calls == [len(text)]
