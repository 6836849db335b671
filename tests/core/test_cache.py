"""A cache entry is trusted only if it is complete and owned by this user; a failing cache is never an error."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from frontleak.core import cache as user_cache

BODY = b"something that can be made again" * 10


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FRONTLEAK_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_nothing_is_read_before_anything_is_written(cache: Path) -> None:
    assert user_cache.read("kind-1") is None
    assert not cache.exists()


def test_what_was_written_is_read_back(cache: Path) -> None:
    user_cache.write("kind-1", BODY)
    user_cache.write("kind-2", b"")
    assert user_cache.read("kind-1") == BODY
    assert user_cache.read("kind-2") == b""
    assert sorted(file.name for file in cache.iterdir()) == ["key", "kind-1", "kind-2"]


def test_files_and_folder_are_private(cache: Path) -> None:
    user_cache.write("kind-1", BODY)
    assert (cache.stat().st_mode & 0o777, (cache / "kind-1").stat().st_mode & 0o777) == (0o700, 0o600)


def change_first_byte(file: Path) -> None:
    file.write_bytes(b"X" + file.read_bytes()[1:])


def change_last_byte(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1] + b"X")


def change_checksum(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[20] ^= 1
    file.write_bytes(bytes(data))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def cut_to_header(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:30])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def lengthen(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"X")


def let_the_group_write(file: Path) -> None:
    file.chmod(0o660)


def let_everybody_write(file: Path) -> None:
    file.chmod(0o606)


def let_the_group_write_into_the_folder(file: Path) -> None:
    file.parent.chmod(0o770)


def let_everybody_write_into_the_folder(file: Path) -> None:
    file.parent.chmod(0o703)


def replace_by_link(file: Path) -> None:
    elsewhere = file.parent.parent / "elsewhere"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)


def replace_by_dead_link(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.parent / "nowhere")


def replace_by_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def replace_by_fifo(file: Path) -> None:
    file.unlink()
    os.mkfifo(file, 0o600)


def take_from_another_name(file: Path) -> None:
    user_cache.write("kind-other", BODY)
    (file.parent / "kind-other").replace(file)


def take_from_another_cache(file: Path) -> None:
    file.rename(file.parent.parent / "elsewhere")
    (file.parent / "key").unlink()
    user_cache.write("kind-1", BODY)
    (file.parent.parent / "elsewhere").replace(file)


def remove_the_key(file: Path) -> None:
    (file.parent / "key").unlink()


def let_everybody_write_the_key(file: Path) -> None:
    (file.parent / "key").chmod(0o606)


def let_everybody_replace_the_folder(file: Path) -> None:
    file.parent.parent.chmod(0o777)


HARM = {
    "its first byte changed": change_first_byte,
    "its last byte changed": change_last_byte,
    "its checksum changed": change_checksum,
    "cut by a byte": cut,
    "cut inside the header": cut_to_header,
    "emptied": empty,
    "longer by a byte": lengthen,
    "writable by the group": let_the_group_write,
    "writable by everybody": let_everybody_write,
    "in a folder the group can write": let_the_group_write_into_the_folder,
    "in a folder everybody can write": let_everybody_write_into_the_folder,
    "a link to a sound file": replace_by_link,
    "a link that leads nowhere": replace_by_dead_link,
    "a folder": replace_by_folder,
    "a pipe": replace_by_fifo,
    "another entry under its name": take_from_another_name,
    "an entry of another cache": take_from_another_cache,
    "without a key": remove_the_key,
    "beside a key that everybody can write": let_everybody_write_the_key,
    "below a folder that everybody can write": let_everybody_replace_the_folder,
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
def test_a_file_is_not_trusted_when_it_is(harm: Callable[[Path], None], cache: Path) -> None:
    user_cache.write("kind-1", BODY)
    assert user_cache.read("kind-1") == BODY
    harm(cache / "kind-1")
    assert user_cache.read("kind-1") is None


def test_a_file_of_another_user_is_not_trusted(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user_cache.write("kind-1", BODY)
    somebody_else = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: somebody_else)
    assert user_cache.read("kind-1") is None


def test_nothing_is_written_into_the_folder_of_another_user(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user_cache.write("kind-1", BODY)
    somebody_else = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: somebody_else)
    user_cache.write("kind-2", BODY)
    assert sorted(file.name for file in cache.iterdir()) == ["key", "kind-1"]


def test_nothing_is_written_into_a_folder_others_can_write(cache: Path) -> None:
    cache.mkdir()
    cache.chmod(0o777)
    user_cache.write("kind-1", BODY)
    assert not list(cache.iterdir())


def test_a_folder_that_everybody_can_write_is_safe_above_it_if_only_owners_can_replace_what_is_in_it(
    cache: Path,
) -> None:
    cache.parent.chmod(0o1777)
    user_cache.write("kind-1", BODY)
    assert user_cache.read("kind-1") == BODY


@pytest.mark.parametrize("variable", ["FRONTLEAK_CACHE_DIR", "XDG_CACHE_HOME"])
def test_a_variable_that_names_a_folder_in_the_working_directory_is_not_followed(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FRONTLEAK_CACHE_DIR")
    monkeypatch.setenv(variable, str(tmp_path / "cache"))
    user_cache.write("kind-1", BODY)
    assert user_cache.read("kind-1") == BODY
    monkeypatch.chdir(tmp_path)
    assert user_cache.read("kind-1") is None


def test_a_harmed_file_is_replaced_and_trusted_again(cache: Path) -> None:
    for harm in (change_last_byte, let_everybody_write):
        user_cache.write("kind-1", BODY)
        harm(cache / "kind-1")
        user_cache.write("kind-1", BODY)
        assert user_cache.read("kind-1") == BODY


def test_writing_replaces_a_link_and_leaves_what_it_leads_to(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    cache.mkdir(mode=0o700)
    (cache / "kind-1").symlink_to(tmp_path / "victim")
    user_cache.write("kind-1", BODY)
    assert (tmp_path / "victim").read_bytes() == b"mine"
    assert user_cache.read("kind-1") == BODY


def test_a_place_that_cannot_hold_a_folder_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "file", tmp_path / "file" / "cache", Path("/proc/frontleak"), Path("/dev/null/cache")):
        monkeypatch.setenv("FRONTLEAK_CACHE_DIR", str(place))
        user_cache.write("kind-1", BODY)
        assert user_cache.read("kind-1") is None
    assert (tmp_path / "file").read_bytes() == b""


def test_a_read_only_folder_is_no_error_and_serves_what_it_holds(cache: Path) -> None:
    """Root can write even there; then the second file is stored."""
    user_cache.write("kind-1", BODY)
    cache.chmod(0o500)
    user_cache.write("kind-2", BODY)
    assert user_cache.read("kind-1") == BODY
    assert user_cache.read("kind-2") == (BODY if (cache / "kind-2").exists() else None)
    cache.chmod(0o700)


def test_a_file_that_cannot_be_replaced_is_no_error_and_leaves_nothing_behind(cache: Path) -> None:
    cache.mkdir(mode=0o700)
    (cache / "kind-1").mkdir()
    user_cache.write("kind-1", BODY)
    assert sorted(file.name for file in cache.iterdir()) == ["key", "kind-1"]


def test_the_oldest_files_of_a_kind_make_room_and_other_kinds_stay(cache: Path) -> None:
    user_cache.write("other-1", BODY)
    for number in range(20):
        user_cache.write(f"kind-{number}", BODY)
        os.utime(cache / f"kind-{number}", (number, number))
    user_cache.write("kind-last", BODY)
    kept = {file.name for file in cache.iterdir()}
    assert {"other-1", "kind-last", "kind-19"} <= kept
    assert "kind-0" not in kept
    assert len(kept - {"key"}) == 13


def test_what_was_just_written_is_kept_even_beside_files_from_the_future(cache: Path) -> None:
    for number in range(12):
        user_cache.write(f"kind-{number}", BODY)
        os.utime(cache / f"kind-{number}", (2**33, 2**33))
    user_cache.write("kind-new", BODY)
    assert user_cache.read("kind-new") == BODY


def test_the_folder_is_the_platforms_when_none_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("FRONTLEAK_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_cache.cache_directory().name == "frontleak"
    assert tmp_path in user_cache.cache_directory().parents
