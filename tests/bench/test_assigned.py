"""The sample of values that only a name calls secrets, and its measurement."""

from dataclasses import replace
from pathlib import Path

from bench.assigned import Hit, digest_at, measured, read_sample, render
from tests.support.shipped import fake

LEAST = 500
"""Hits in the sample."""


def written(folder: Path, *lines: str) -> list[Hit]:
    text = "\n".join(lines).encode()
    (folder / "acme@1.0.0").mkdir()
    (folder / "acme@1.0.0" / "a.js").write_bytes(text)
    hits = []
    for line in lines:
        start = text.index(line.encode()) + line.index('"') + 1
        digest = digest_at(text, start, text.index(b'"', start))
        hits.append(
            Hit(
                source="npm:acme@1.0.0",
                revision="",
                path="a.js",
                line=digest,
                name="token",
                kind="credential",
                true=True,
                found=False,
            )
        )
    return hits


def test_the_sample_is_large_and_names_each_place_once() -> None:
    hits = read_sample()
    assert len(hits) >= LEAST
    assert all(len(hit.line) == len("0123456789abcdef") for hit in hits)
    assert {hit.true for hit in hits} == {True, False}


def test_the_rules_were_precise_on_the_sample() -> None:
    hits = read_sample()
    found = [hit for hit in hits if hit.found]
    true = [hit for hit in hits if hit.true]
    assert sum(hit.true for hit in found) * 100 >= 90 * len(found)
    assert sum(hit.found for hit in true) * 100 >= 70 * len(true)


def test_places_at_hand_are_measured_again(tmp_path: Path) -> None:
    hits = written(tmp_path, f'const token = "{fake("assigned-token")}";', 'const token = "keyword.operator2";')
    again, looked_at = measured(hits, {"npm": [tmp_path]})
    assert looked_at == len(hits)
    assert [hit.found for hit in again] == [True, False]
    assert "precision 1/1, recall 1/2" in render(again, looked_at)


def test_other_places_keep_what_was_found_before(tmp_path: Path) -> None:
    hits = [replace(hit, found=True) for hit in written(tmp_path, 'const token = "keyword.operator2";')]
    assert measured(hits, {}) == (hits, 0)
