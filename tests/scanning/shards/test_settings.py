"""Each option of a scan is carried by a plan, refused by it, or of the run or the report."""

from typing import Final

from frontleak.core.records import field_names
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.shards.settings import CARRIED, Settings, settings_of

REFUSED: Final = {"git", "env", "verify", "reveal", "profile"}
ELSEWHERE: Final = {"jobs", "accepted", "left_out", "fetched", "source_root"}
"""Of the machine that runs a shard, of the merge, or of a visit of a site."""


def test_a_new_option_is_decided_about() -> None:
    assert set(field_names(ScanOptions)) == {*CARRIED, *REFUSED, *ELSEWHERE}
    assert set(CARRIED) <= set(field_names(Settings))


def test_what_is_carried_comes_back() -> None:
    options = ScanOptions(
        paths=["a", "b"], exclude=["x/"], gitignore=False, show_server=True, max_file_size=7, engine="regex"
    )
    back = settings_of(options).options()
    assert {name: getattr(back, name) for name in CARRIED} == {
        name: tuple(value) if isinstance(value := getattr(options, name), list) else value for name in CARRIED
    }
    assert settings_of(ScanOptions()).options().engine is None
