"""Archives that are nearly bombs; the bombs themselves are rows of the fault table (tests/faults/size_faults.py)."""

import io
import zipfile
from pathlib import Path

from tests.acceptance.support import frontleak, token, write
from tests.support import zstd


def test_what_stands_behind_zeros_is_read_when_there_is_room(tmp_path: Path) -> None:
    packed = zstd.compress(bytes(5_000_000) + f"'{token()}'".encode())
    write(tmp_path, {"a.zst": packed})
    assert frontleak("scan", ".", cwd=tmp_path).code == 1


def test_findings_are_capped_per_archive_not_per_member(tmp_path: Path) -> None:
    """Otherwise a zip of 5 MB keeps ten thousand findings for each of its members."""
    keys = ",".join(f'"{token(str(number))}"' for number in range(3_000))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"m{number}.js", f"{keys}//{number}")
    write(tmp_path, {"dist/a.zip": packed.getvalue()})
    report = frontleak("scan", "dist", "--format=json", cwd=tmp_path).json()
    (cut,) = report["skipped"]
    assert cut["reason"] == "more than 10000 findings; the rest of its members were not scanned"
    assert cut["incomplete"]
    assert max(len(finding["also_at"]) for finding in report["findings"]) == 3
