"""An address where only a file on disk will do is refused in one line, whole and without what is secret in it."""

from pathlib import Path

import pytest

import frontleak
from tests.acceptance.support import frontleak as command

SECRET = "p4ssw0rd-of-theirs"
ADDRESS = f"https://someone:{SECRET}@host.invalid/a/b?sig={SECRET}#x"
SHOWN = "https://host.invalid/a/b"
REFUSED = "is an address, and this has to be on disk: name a file or folder, or a copy of what is there"

PLACES = {
    "a side of diff": ("diff", "d", ADDRESS),
    "both sides of diff": ("diff", ADDRESS, ADDRESS),
    "own rules": ("scan", "d", "--rules", ADDRESS),
    "a baseline": ("scan", "d", "--baseline", ADDRESS),
    "a baseline that is written": ("baseline", "create", "d", "--baseline", ADDRESS),
    "a configuration": ("scan", "d", "--config", ADDRESS),
    "a manifest": ("scan", "d", "--url-manifest", ADDRESS),
    "an env file": ("scan", "d", "--env-file", ADDRESS),
    "a report": ("scan", "d", "--format", "json", "-o", ADDRESS),
    "a cache of verdicts": ("scan", "d", "--verify", "--verify-cache", ADDRESS),
    "another scanner's baseline": ("baseline", "import", ADDRESS),
    "rules to check": ("rules", "check", ADDRESS),
    "a file to try rules on": ("rules", "test", "--select", "sanity-token", ADDRESS),
    "a record": ("verify", "--record", ADDRESS),
    "a plan": ("shard", "plan", "d", "-n", "2", "-o", ADDRESS),
    "a plan that is run": ("shard", "run", ADDRESS, "--shard", "0"),
    "results": ("shard", "merge", ADDRESS),
    "a key": ("shard", "merge", "d", "--key", ADDRESS),
    "where results go": ("shard", "run", "plan", "--shard", "0", "--done", ADDRESS),
    "kept responses": ("site", "https://host.invalid", "--keep", ADDRESS),
    "sources of a site": ("site", "https://host.invalid", "--source", ADDRESS),
}


@pytest.mark.parametrize("arguments", PLACES.values(), ids=PLACES)
def test_an_address_for_a_file_is_refused(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.js").write_text("x")
    done = command(*arguments, cwd=tmp_path, env={"PRE_COMMIT": ""})
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[0] == f"error: {SHOWN}: {REFUSED}"
    assert SECRET not in done.err
    assert [each.name for each in tmp_path.iterdir()] == ["d"]


@pytest.mark.parametrize("path", ["https:/host.invalid/x", "s3:/bucket/x"])
def test_an_address_that_has_lost_a_slash_is_told(path: str, tmp_path: Path) -> None:
    done = command("scan", "--isolated", path, cwd=tmp_path)
    assert done.code == 2
    assert done.err.splitlines()[1].strip().startswith("an address has two slashes after its scheme")
    with pytest.raises(frontleak.FrontleakError, match="no such file or folder") as caught:
        frontleak.scan(Path(path))
    assert caught.value.advice is not None
    assert "a Path object loses one" in caught.value.advice


def test_a_site_with_one_slash_is_not_asked_at_another_host(tmp_path: Path) -> None:
    done = command("site", "--isolated", "https:/host.invalid/", cwd=tmp_path)
    assert done.code == 2
    assert "https:/host.invalid/: has one slash after its scheme" in done.err


def test_names_that_only_look_like_addresses_are_files(tmp_path: Path) -> None:
    (tmp_path / "a:").mkdir()
    (tmp_path / "a:" / "b.js").write_text("x")
    assert command("scan", "--isolated", "a:/b.js", cwd=tmp_path).code == 0
    assert "build the project first" in command("scan", "--isolated", "nothing", cwd=tmp_path).err
