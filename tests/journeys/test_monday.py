"""A team adopts frontleak in a repository with forty old findings, and works with it for a week."""

import json
from pathlib import Path

import pytest

from tests.acceptance.support import frontleak, git, repository, token, write

pytestmark = pytest.mark.slow

OLD = 40
BASELINE = ".frontleak-baseline.json"
SOURCES = {f"src/old{number}.ts": f"export const key = '{token(str(number))}'\n" for number in range(OLD - 2)}
BUNDLED = (token("bundled 1"), token("bundled 2"))


def _bundle(*secrets: str, above: str = "") -> str:
    return above + ";".join(f"x{number}='{secret}'" for number, secret in enumerate(secrets))


def _commit(project: Path, subject: str) -> None:
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", subject)


def _new(project: Path) -> list[str]:
    """Return the places of the findings that count, as a gate in CI sees them."""
    done = frontleak("scan", "--format=json", cwd=project)
    places = [f"{each['path']}:{each['line']}" for each in done.json()["findings"]]
    assert done.code == (1 if places else 0), done.err
    return places


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create the repository: forty findings, a baseline, everything committed but the build."""
    project = repository(tmp_path_factory.mktemp("monday"))
    write(project, {"package.json": "{}", ".gitignore": "dist/\n", **SOURCES})
    write(project, {"dist/app.4f3c2a1b.js": _bundle(*BUNDLED)})
    _commit(project, "years of work")
    assert len(_new(project)) == OLD
    done = frontleak("baseline", "create", cwd=project)
    assert f"accepts {OLD} findings" in done.out
    text = (project / BASELINE).read_text()
    assert not any(secret[:13] in text for secret in (*BUNDLED, token("1")))
    _commit(project, "accept old findings")
    assert git(project, "status", "--porcelain") == b""
    return project


def test_the_week(adopted: Path) -> None:
    """One test: each day starts where the one before ended."""
    baseline = (adopted / BASELINE).read_bytes()
    assert _new(adopted) == []

    # Monday: one new leak fails, wherever the scan starts
    write(adopted, {"src/new.ts": f"export const key = '{token('new')}'\n"})
    assert _new(adopted) == ["src/new.ts:1"]
    assert _new(adopted / "src") == ["new.ts:1"]

    # Tuesday: one suppression with a reason passes, and the report tells the reason
    line = f"export const key = '{token('new')}' // frontleak: ignore[sanity-token] of the public demo\n"
    write(adopted, {"src/new.ts": line})
    assert _new(adopted) == []
    suppressed = frontleak("scan", "--format=json", cwd=adopted).json()["suppressed"]
    assert [each["suppressed_by"]["reason"] for each in suppressed if each["path"] == "src/new.ts"] == [
        "of the public demo"
    ]
    assert len(suppressed) == OLD + 1
    _commit(adopted, "a demo")

    # Wednesday: a rebuild with a new hash and moved lines changes nothing
    (adopted / "dist/app.4f3c2a1b.js").unlink()
    write(adopted, {"dist/app.99aa88bb.js": _bundle(*reversed(BUNDLED), above="/* built again */\n\n")})
    write(adopted, {"src/old0.ts": f"// more\n\n{SOURCES['src/old0.ts']}"})
    assert _new(adopted) == []
    frontleak("baseline", "update", cwd=adopted)
    assert (adopted / BASELINE).read_bytes() == baseline

    # Thursday: a second secret on an old line is new
    write(adopted, {"dist/app.99aa88bb.js": _bundle(*BUNDLED, token("second"), above="/* built again */\n\n")})
    assert _new(adopted) == ["dist/app.99aa88bb.js:3"]
    write(adopted, {"dist/app.99aa88bb.js": _bundle(*BUNDLED)})

    # Friday: a token that was rotated and removed is pruned, one line less and no other change
    write(adopted, {"src/old7.ts": "export const key = process.env.KEY\n"})
    done = frontleak("baseline", "prune", cwd=adopted)
    assert "removed  src/old7.ts  sanity-token" in done.out
    assert f"1 removed, {OLD - 1} kept" in done.out
    before, after = (
        set(text.replace(b"},", b"}").splitlines()) for text in (baseline, (adopted / BASELINE).read_bytes())
    )
    assert after < before
    assert [json.loads(row)["path"] for row in before - after] == ["src/old7.ts"]
    assert _new(adopted) == []
    write(adopted, {"src/old7.ts": SOURCES["src/old7.ts"]})  # and it does not come back unseen
    assert _new(adopted) == ["src/old7.ts:1"]
