"""Archives yield their members by name; a broken or hostile one yields its readable members and the reason."""

import base64
import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.origins import FileOrigin, MemberOrigin
from frontleak.files.archives.containers import shown_name
from frontleak.files.archives.expand import UnpackLimits, expand
from tests.support import zstd

FILES: Final = {"index.html": b"<p>one</p>", "assets/app.js": b"const two = 2;\n" * 5000, "ü/é.txt": b"drei"}

# The strings of `createClient({token: ..., note: "Grüße ..."})`, compiled by hermesc for bytecode versions 84 and 99.
BYTECODE: Final = {
    84: (
        "eNo7Jr+H+SCzpHwIAwNDQODrKx27jt9ju6bq825L5abOJz1B95gYwIARiEFMNiDmhvJTGBlQAAsUI4MOJga8IICJgcmggYGhgYlB"
        "ioGZQYgVYkdDV3qcbqxE2pJDIotdM1nDfkV/61x25YjGPqA0Bx9QiRQDgwCQ/X8lEwOHBQMDKxCz5TAx8LQwMbD0MDGwTmNi4FQC"
        "KhABurGqwDw3KT87PSc/KTGnODskPzs1zz/N0TknMzWvBMSJqBgFGCC5KDWxJBUSSHn5JakFRZl5JQVF+VmpySWeKe4MRQx/GO4z"
        "pDIoMNjeELybzMrFkQwMez1GUyZGRnaGAmZGYHQyg+PYn4GJmQEozMTJYAQUZcsFigcAxRgZIuDpgBGadkC0CBCLIaWpYr2sYpRE"
        "w8jIxMArxMDDynAMmFh4OBkq6+sZ5rT5y35++tL/wUXv07Iqvkv946YoAQCJ4dVk"
    ),
    99: (
        "eNo7Jr+H+SCzpHwyAwNDQODrKx27jt9ju6bq825L5abOJz1BjMwMYMAIxExAzAbE3FB+CiMDBmCHYixSDBuYMMU6EGIKrBDzG7rS"
        "43RjJdKWHBJZ7JrJGvYr+lvnsitHNPYBpTn4gEqkGBgEgOz/K5kYOCwYGFiBmC2HiYGnhYmBpYeJgXUaEwOnElCBCNARVQXmuUn5"
        "2ek5+UmJOcXZIfnZqXn+aY7OOZmpeSUgTkTFKMAAyUWpiSWpkEDKyy9JLSjKzCspKMrPSk0u8UxxZyhi+MNwnyGVQYHB9obg3WBQ"
        "HLIwMASzMnAxcEAiE5RsbJk8mJmAqWEyAyM4OeQBExMjUIiRk8GFiZGJbQKQnw/ETIxljDFMiDSjg5R+QDQfxDwhGJ8FSotC1YD4"
        "xXpZxSgJC2glEyMvHyMPK+MxBjZGHk7Gyno2qUyGlsSdQtdTWRv2OZzqV+cSEwIAeNfRUg=="
    ),
}


def zipped(files: Mapping[str, bytes] = FILES, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.comment = comment
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def zipped_as_a_stream() -> bytes:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
    return pipe.data


def zipped_wide() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in FILES.items():
            with archive.open(name, "w", force_zip64=True) as file:
                file.write(data)
    return buffer.getvalue()


def zipped_with_wide_directory() -> bytes:
    data = zipped({"a.js": b"const a = 1"}, zipfile.ZIP_STORED)
    at = data.index(b"PK\x05\x06")
    start = data.index(b"PK\x01\x02")
    entry = bytearray(data[start:at])
    wide = struct.pack("<2H3Q", 1, 24, 11, 11, 0)
    struct.pack_into("<2L", entry, 20, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<H", entry, 30, len(wide))
    struct.pack_into("<L", entry, 42, 0xFFFFFFFF)
    entry += wide
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, len(entry), start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, start + len(entry), 1)
    small = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return data[:start] + bytes(entry) + end + locator + small


def tarred(files: Mapping[str, bytes] = FILES, form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def asar(files: Mapping[str, bytes] = FILES, header: object = None) -> bytes:
    tree: dict[str, Any] = {"files": {}}
    body = b""
    for name, data in files.items():
        *folders, last = name.split("/")
        folder = tree["files"]
        for part in folders:
            folder = folder.setdefault(part, {"files": {}})["files"]
        folder[last] = {"size": len(data), "offset": str(len(body))}
        body += data
    text = json.dumps(tree if header is None else header).encode()
    padded = text + bytes(-len(text) % 4)
    return struct.pack("<4L", 4, len(padded) + 8, len(padded) + 4, len(text)) + padded + body


def members(name: str, data: bytes, limits: UnpackLimits | None = None) -> tuple[dict[str, bytes], list[Diagnostic]]:
    """Open data under a name, and return the members by name and the skips."""
    out = list(expand(Blob(origin=FileOrigin(path=name), data=data), limits or UnpackLimits()))
    blobs = [found for found in out if isinstance(found, Blob)]
    by_name = {blob.origin.member: blob.data for blob in blobs if isinstance(blob.origin, MemberOrigin)}
    assert len(by_name) == len(blobs)
    return by_name, [found for found in out if isinstance(found, Diagnostic)]


# Name and archive; each contains FILES.
SOUND: Final[Mapping[str, tuple[str, bytes]]] = {
    "zip": ("a.zip", zipped()),
    "zip without compression": ("a.zip", zipped(method=zipfile.ZIP_STORED)),
    "zip with bzip2": ("a.zip", zipped(method=zipfile.ZIP_BZIP2)),
    "zip with a comment": ("a.zip", zipped(comment=b"hello" * 1000)),
    "zip with 64-bit headers": ("a.zip", zipped_wide()),
    "zip that was written as a stream": ("a.zip", zipped_as_a_stream()),
    "Firefox extension": ("a.xpi", zipped()),
    "Android app": ("a.apk", zipped()),
    "Chrome extension, version 3": ("a.crx", b"Cr24" + struct.pack("<2L", 3, 40) + bytes(40) + zipped()),
    "Chrome extension, version 2": ("a.crx", b"Cr24" + struct.pack("<3L", 2, 9, 7) + bytes(16) + zipped()),
    "tar, ustar": ("a.tar", tarred(form=tarfile.USTAR_FORMAT)),
    "tar, pax": ("a.tar", tarred(form=tarfile.PAX_FORMAT)),
    "tar, GNU": ("a.tar", tarred(form=tarfile.GNU_FORMAT)),
    "tar that ends without empty blocks": ("a.tar", tarred()[: tarred().rindex(b"drei") + 512]),
    "npm package": ("a.tgz", gzip.compress(tarred())),
    "tar in two gzip streams": ("a.tar.gz", gzip.compress(tarred()[:700]) + gzip.compress(tarred()[700:])),
    "tar in zstd": ("a.tar.zst", zstd.compress(tarred())),
    "tar in xz": ("a.tar.xz", lzma.compress(tarred())),
    "tar in bzip2": ("a.tar.bz2", bz2.compress(tarred())),
    "Electron archive": ("app.asar", asar()),
}


@pytest.mark.parametrize(
    ("name", "data"),
    {
        "text that begins like a Chrome extension": ("a.txt", b"Cr24 is how it begins"),
        "numbers that begin like an Electron archive": ("a.bin", struct.pack("<8L", 4, 5, 6, 7, 8, 9, 10, 11)),
        "a file that is shorter than a header": ("a.bin", b"\4\0\0\0"),
        "an empty zip": ("a.zip", zipped({})),
        "a zip with a folder and an empty file": ("a.zip", zipped({"folder/": b"", "empty": b""})),
        "an empty Electron archive": ("a.asar", asar({})),
        "an empty tar": ("a.tar", bytes(10_240)),
    }.values(),
)
def test_nothing_comes_out_of_nothing(name: str, data: bytes) -> None:
    assert members(name, data) == ({}, [])


@pytest.mark.parametrize(("name", "data"), SOUND.values(), ids=SOUND)
def test_members_come_out(name: str, data: bytes) -> None:
    assert members(name, data) == (FILES, [])


def test_a_directory_in_64_bits_is_read() -> None:
    assert members("a.zip", zipped_with_wide_directory()) == ({"a.js": b"const a = 1"}, [])


def test_names_of_old_zips_are_in_the_code_page_of_old_pcs() -> None:
    data = zipped({"aXb.js": b"1"}).replace(b"aXb.js", b"a\x81b.js")
    assert members("a.zip", data) == ({"aüb.js": b"1"}, [])


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT], ids=["pax", "GNU"])
def test_long_names_in_tars(form: int) -> None:
    name = "/".join(["folder"] * 40) + "/a.js"
    assert members("a.tar", tarred({name: b"1", "b": b"2"}, form)) == ({name: b"1", "b": b"2"}, [])


def test_long_names_in_ustar() -> None:
    name = "a" * 90 + "/" + "b" * 90
    assert members("a.tar", tarred({name: b"1"}, tarfile.USTAR_FORMAT)) == ({name: b"1"}, [])


def test_links_folders_and_devices_in_tars_are_no_files() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            entry = tarfile.TarInfo(f"kind{kind!r}")
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        last = tarfile.TarInfo("last")
        last.size = 4
        archive.addfile(last, io.BytesIO(b"last"))
    assert members("a.tar", buffer.getvalue()) == ({"last": b"last"}, [])


def test_a_sparse_file_gives_what_is_stored_of_it() -> None:
    entry = tarfile.TarInfo("sparse")
    entry.type, entry.size = tarfile.GNUTYPE_SPARSE, 6
    block = bytearray(entry.tobuf(tarfile.GNU_FORMAT))
    block[386:410] = b"%011o\0%011o\0" % (0, 6)
    block[482] = 1
    block[483:495] = b"%011o\0" % (1 << 30)
    block[148:156] = b"%06o\0 " % (sum(block) - sum(block[148:156]) + 256)
    data = bytes(block) + bytes(512) + b"stored".ljust(512, b"\0") + tarred({"next": b"1"})
    assert members("a.tar", data) == ({"sparse": b"stored", "next": b"1"}, [])


def test_a_tar_number_may_be_binary() -> None:
    entry = bytearray(tarfile.TarInfo("a").tobuf(tarfile.USTAR_FORMAT))
    entry[124:136] = b"\x80" + (3).to_bytes(11, "big")
    entry[148:156] = b"%06o\0 " % (sum(entry) - sum(entry[148:156]) + 256)
    assert members("a.tar", bytes(entry) + b"abc".ljust(512, b"\0")) == ({"a": b"abc"}, [])


def test_what_lies_beside_an_electron_archive_is_not_in_it() -> None:
    header = {
        "files": {
            "native.node": {"size": 10, "unpacked": True},
            "link": {"link": "a"},
            "odd": 3,
            "folder": {"files": "none"},
        }
    }
    assert members("a.asar", asar({}, header)) == ({}, [])


@pytest.mark.parametrize("version", BYTECODE)
def test_hermes_strings_are_told_apart(version: int) -> None:
    data = zlib.decompress(base64.b64decode(BYTECODE[version]))
    assert b"globalskTokenOfAClient" in data
    found, skips = members("index.android.bundle", data)
    lines = found["string table"].decode().splitlines()
    assert {"skTokenOfAClient", "zp7mbokg", "Grüße 🔑", "token", "tokenX", "createClient"} <= set(lines)
    assert max(map(len, lines)) > 255
    assert skips == []
    assert members("a.apk", zipped({"assets/b": data}))[0]["assets/b!/string table"] == found["string table"]


def test_hermes_bytecode_of_an_unknown_layout_is_said() -> None:
    found, (skip,) = members("a.hbc", zlib.decompress(base64.b64decode(BYTECODE[99]))[:40] + b"\xff" * 200)
    assert found == {}
    assert skip.incomplete


def _with(data: bytes, magic: bytes, offset: int, form: str, value: int) -> bytes:
    out = bytearray(data)
    struct.pack_into(form, out, data.index(magic) + offset, value)
    return bytes(out)


ONE: Final = zipped({"a.js": b"const a = 1;" * 9}, zipfile.ZIP_STORED)
TWO: Final = tarred({"a.js": b"const a = 1;", "b.js": b"const b = 2;" * 100}, tarfile.USTAR_FORMAT)
CENTRAL: Final = b"PK\x01\x02"

# Name, archive, extracted members, place of the skip, part of its reason, whether the scan is incomplete.
BROKEN: Final[Mapping[str, tuple[str, bytes, list[str], str, str, bool]]] = {
    "an encrypted member": ("a.zip", _with(ONE, CENTRAL, 8, "<H", 1), [], "a.zip!/a.js", "is encrypted", True),
    "an unknown method": ("a.zip", _with(ONE, CENTRAL, 10, "<H", 9), [], "a.zip!/a.js", "number 9", True),
    "a wrong checksum": ("a.zip", _with(ONE, CENTRAL, 16, "<L", 1), ["a.js"], "a.zip!/a.js", "checksum", True),
    "a member outside": ("a.zip", _with(ONE, CENTRAL, 42, "<L", 999), [], "a.zip!/a.js", "is cut off", True),
    "a member longer than the archive": (
        "a.zip",
        _with(ONE, CENTRAL, 20, "<L", 1 << 31),
        ["a.js"],
        "a.zip!/a.js",
        "is cut off",
        True,
    ),
    "a directory that is missing": (
        "a.zip",
        zipped()[: zipped().index(b"PK\x01\x02")],
        [*FILES],
        "a.zip",
        "without a central directory",
        True,
    ),
    "a 7z archive": ("a.7z", b"7z\xbc\xaf\x27\x1c\0\4rest", [], "a.7z", "7z archive", False),
    "a rar archive": ("a.rar", b"Rar!\x1a\x07\x01\0rest", [], "a.rar", "rar archive", False),
    "a tar that ends in a member": ("a.tar", TWO[: 1024 + 600], ["a.js", "b.js"], "a.tar!/b.js", "cut off", True),
    "a tar that ends in a header": ("a.tar", TWO[: 1024 + 60], ["a.js"], "a.tar", "truncated", True),
    "a tar with a wrong checksum": ("a.tar", TWO[:1030] + b"!" + TWO[1031:], ["a.js"], "a.tar", "truncated", True),
    "a compressed tar that ends early": (
        "a.tgz",
        gzip.compress(TWO, 0)[:1700],
        ["a.js", "b.js"],
        "a.tgz!/b.js",
        "gzip data",
        True,
    ),
    "a tar with a long name that never ends": (
        "a.tar",
        tarfile.TarInfo("x" * 200).tobuf(tarfile.GNU_FORMAT)[:512],
        [],
        "a.tar",
        "truncated",
        True,
    ),
    "an Electron header that is no tree": ("a.asar", asar({}, [1] * 9), [], "a.asar", "", True),
    "an Electron header of 2 GB": (
        "a.asar",
        struct.pack("<4L", 4, 1 << 31, (1 << 31) - 4, (1 << 31) - 8) + b'{"files":{',
        [],
        "a.asar",
        "truncated",
        True,
    ),
    "an Electron member without a place": (
        "a.asar",
        asar({}, {"files": {"a": {"size": -1, "offset": "x"}}}),
        [],
        "a.asar!/a",
        "no valid size and offset",
        True,
    ),
    "an Electron member outside": (
        "a.asar",
        asar({}, {"files": {"a": {"size": 9, "offset": "99"}}}),
        [],
        "a.asar!/a",
        "cut off",
        True,
    ),
    "an Electron header nested deeper than JSON is read": (
        "a.asar",
        struct.pack("<4L", 4, 400_008, 400_004, 400_000) + b'{"files":' * 45_000,
        [],
        "a.asar",
        "broken header",
        True,
    ),
}


@pytest.mark.parametrize(
    ("name", "data", "expected", "where", "reason", "incomplete"),
    [case for what, case in BROKEN.items() if case[4]],
    ids=[what for what, case in BROKEN.items() if case[4]],
)
def test_what_could_not_be_read_is_said_once(
    name: str, data: bytes, expected: list[str], where: str, reason: str, incomplete: bool
) -> None:
    found, (skip,) = members(name, data)
    assert sorted(found) == sorted(expected)
    assert skip.origin.path == where
    assert reason in skip.message
    assert skip.incomplete is incomplete


def test_many_members_with_the_same_fault_are_one_skip() -> None:
    data = zipped({f"{at}.js": b"x" for at in range(1200)}, zipfile.ZIP_STORED)
    encrypted = data.replace(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\1\0")
    found, (skip,) = members("a.zip", encrypted)
    assert found == {}
    assert (skip.origin.path, skip.message) == ("a.zip!/0.js", "is encrypted (applies to 1,200 members)")


@pytest.mark.parametrize(
    ("container", "name", "shown"),
    [
        ("", "a/b.js", "a/b.js"),
        ("inner.tgz", "x.js", "inner.tgz!/x.js"),
        ("app.js.gz", "", "app.js.gz"),
        ("", "", ""),
        ("", "/etc/passwd", "etc/passwd"),
        ("", "//host/share", "host/share"),
        ("", "../../x", "%2E%2E/%2E%2E/x"),
        ("", "..\\..\\x", "%2E%2E/%2E%2E/x"),
        ("", "./a", "%2E/a"),
        ("", "///", "(no name)"),
        ("", "a\ud800b", "a?b"),
    ],
)
def test_names_lead_nowhere(container: str, name: str, shown: str) -> None:
    assert shown_name(container, name) == shown


@given(st.text(st.characters(), max_size=60) | st.integers(0, 100_000).map("../".__mul__))
def test_every_name_can_be_shown(name: str) -> None:
    origin = MemberOrigin(container=FileOrigin(path="a.zip"), member=shown_name("", name))
    assert len(origin.member) < 500
    assert ".." not in origin.member.split("/")
    assert not any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in origin.display)
    assert origin.uri.isascii()
    assert origin.logical_path


@given(st.binary(max_size=300), st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"Cr24\3\0\0\0", b"\4\0\0\0", b"BZh9"]))
def test_noise_behind_a_magic_is_no_trouble(noise: bytes, magic: bytes) -> None:
    members("a", magic + noise)
