"""The measurement of code apart from its rules: which rules it leaves out."""

from pathlib import Path

from bench.same_rules import ids_in, keep_rules_of
from tests.acceptance.support import write


def test_ids_are_read_from_files_of_one_rule_and_of_several() -> None:
    assert ids_in("id: a\nname: x\n---\nid: b\n") == {"a", "b"}
    assert ids_in("rules:\n  - id: c\n    name: id of x\n") == {"c"}
    assert not ids_in("# id: d\nname: x\n")


def test_files_without_a_rule_of_the_older_version_are_left_out(tmp_path: Path) -> None:
    older = write(tmp_path / "older", {"rules/vendors/a.yaml": "id: a\n", "rules/old/gone.yaml": "id: gone\n"})
    files = {
        "rules/vendors/a.yaml": "id: a\n---\nid: a2\n",
        "rules/vendors/b.yaml": "id: b\n",
        "rules/usage/c.yaml": "id: c\n",
        "rules/macros.yaml": "edge: x\n",
    }
    newer = write(tmp_path / "newer", files)
    assert keep_rules_of(older, newer) == (1, 2)
    assert sorted(file.name for file in newer.rglob("*.yaml")) == ["a.yaml", "c.yaml", "macros.yaml"]
