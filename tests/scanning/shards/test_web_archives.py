"""Web archives and stores in shards: the report is that of one machine, and no plan holds a credential."""

import gzip
import json
from pathlib import Path

import pytest

from frontleak.core.errors import ConfigError
from frontleak.core.records import replace
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.shards.settings import settings_of
from tests.scanning.shards.in_shards import both
from tests.support.listing_server import listing
from tests.support.shipped import fake
from tests.support.warc import gzipped, plain, record, request, response

OPTIONS = ScanOptions(paths=(".",), show_public=True, show_server=True, jobs=1)
SITE = "https://shop.example"


@pytest.mark.parametrize("count", [1, 2, 5])
def test_of_web_archives(count: int, tmp_path: Path) -> None:
    for number in range(3):
        secret = fake("sanity-token", number % 2)
        map_of = {"version": 3, "sources": ["src/a.ts"], "names": [], "mappings": "AAAA", "sourcesContent": ["x"]}
        script = f'x="{secret}"\n//# sourceMappingURL=a{number}.js.map'
        records = [
            record("warcinfo", "", b"x"),
            request(f"{SITE}/a{number}.js", f"Authorization: Bearer {fake('sanity-token', 'sent')}"),
            response(f"{SITE}/a{number}.js", gzip.compress(script.encode()), "Content-Encoding: gzip"),
            response(f"{SITE}/a{number}.js.map", json.dumps(map_of)),
            response(f"{SITE}/b.html", f"<script>window.t='{secret}'</script>"),
        ]
        (tmp_path / f"{number}.warc.gz").write_bytes(gzipped(records))
        (tmp_path / f"{number}-cut.warc").write_bytes(plain(records)[:-30])
    (tmp_path / "app.js").write_text(f'y="{fake("sanity-token", 1)}"')
    alone, joined = both(tmp_path, OPTIONS, count)
    assert len(json.loads(alone)["findings"]) >= 3
    assert json.loads(alone)["skipped"]
    assert joined == alone
    named = replace(OPTIONS, paths=("0.warc.gz", "1.warc.gz", "app.js"))
    alone, joined = both(tmp_path, named, count)
    assert joined == alone


@pytest.mark.parametrize("count", [1, 3])
def test_of_a_web_server(count: int, tmp_path: Path) -> None:
    served = tmp_path / "served"
    served.mkdir()
    for number in range(4):
        (served / f"{number}.js").write_text(f'x="{fake("sanity-token", number % 3)}"')
    (served / "site.warc.gz").write_bytes(gzipped([response(f"{SITE}/c.js", f'y="{fake("sanity-token", 9)}"')]))
    with listing(served) as server:
        alone, joined = both(tmp_path, replace(OPTIONS, paths=(server.address, "served")), count)
    assert len(json.loads(alone)["findings"]) == 4
    assert joined == alone


@pytest.mark.parametrize("address", ["https://user:pass@host/x/", "https://host/x/?X-Amz-Signature=abc", "memory://x"])
def test_no_plan_has_a_credential_or_what_no_shard_reads(address: str) -> None:
    with pytest.raises(ConfigError) as raised:
        settings_of(replace(OPTIONS, paths=(address,)))
    assert "pass" not in str(raised.value).replace("password", "")
    assert "abc" not in str(raised.value)
