"""Typical content of libraries, builds and documentation without secrets: no finding, not even of low severity.

Each text is modelled on real packages. Random parts are drawn from fixed seeds.
"""

import base64
import hashlib
import random
from collections.abc import Callable, Mapping
from typing import Final

import pytest

from frontleak.core.blob import Blob
from frontleak.core.origins import FileOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.match.engine import EngineName
from frontleak.rules.embeddings import EMBEDDINGS
from frontleak.rules.samples import draw
from frontleak.scanning.blob import scan_blob
from tests.acceptance.support import token
from tests.support.shipped import fake, full_engine

SEEDS: Final = 12


def data(seed: int, length: int) -> bytes:
    """Return random bytes."""
    return random.Random(f"quiet/{seed}").randbytes(length)


def b64(seed: int, length: int) -> str:
    """Return the base64 of random bytes."""
    return base64.b64encode(data(seed, length)).decode()


def hexadecimal(seed: int, digits: int) -> str:
    """Return random hexadecimal digits."""
    return data(seed, digits)[: digits // 2].hex()


def drawn(grammar: str, seed: int) -> str:
    """Return a text drawn from an expression."""
    return draw(grammar, f"quiet/{seed}")


def identifier(seed: int, length: int) -> str:
    """Return a long identifier without digits."""
    words = random.Random(seed).choices(
        ["skip", "Cross", "Dataset", "Reference", "Validation", "Skeleton", "Loader", "Wrapper", "Token", "Key"],
        k=length,
    )
    return "sk" + "".join(words)


# Kind -> function from seed to text.
TEXTS: Final[Mapping[str, Callable[[int], str]]] = {
    "integrity of a script": lambda n: f'<script src="a.js" integrity="sha512-{b64(n, 64)}" crossorigin></script>',
    "integrity in a lock file": lambda n: f'"integrity": "sha512-{b64(n, 64)}", "license": "MIT"',
    "integrity beside Sanity code": lambda n: (
        f'sanity createClient projectId:"abcd1234" integrity="sha384-{b64(n, 48)}"'
    ),
    "hashes in yarn.lock": lambda n: f'resolved "https://registry.yarnpkg.com/a/-/a-1.0.0.tgz#{hexadecimal(n, 40)}"',
    "a font": lambda n: f"src:url(data:font/woff2;base64,d09GMgABAAA{b64(n, 3000)}) format('woff2')",
    "an image": lambda n: f'"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA{b64(n, 2000)}"',
    "WebAssembly as text": lambda n: f'var wasmBinary="AGFzbQEAAAAB{b64(n, 4000)}";',
    "WebAssembly as bytes": lambda n: "\0asm" + data(n, 4000).decode("latin-1"),
    "the mappings of a source map": lambda n: (
        '{"version":3,"mappings":"' + drawn("([A-Za-z]{1,5}[,;]){800}", n) + '","names":["sk","token"]}'
    ),
    "an inline source map": lambda n: f"//# sourceMappingURL=data:application/json;base64,{b64(n, 900)}",
    "a table of a coder": lambda n: f'var t="{b64(n, 600)}",r=atob(t)',
    "the alphabet": lambda _: 'var c="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";',
    "the alphabet of nanoid": lambda _: (
        'let urlAlphabet="useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict"'
    ),
    "names that begin like a token": lambda n: f'{{{identifier(n, 12)}:!0,className:"{identifier(n, 15)}"}}',
    "names that begin like a token, beside Sanity code": lambda n: (
        f'createClient({{projectId:"abcd1234",{identifier(n, 20)}:!0}})'
    ),
    "classes of a spinner": lambda _: (
        '<div class="sk-circle sk-fading-circle sk-cube-grid sk-three-bounce sk-child"></div>'
    ),
    "names of style sheets": lambda n: (
        f'.css-{hexadecimal(n, 8)}{{}} className:"styles_skeleton__{drawn("[A-Za-z0-9_-]{5}", n)}"'
    ),
    "names of chunks": lambda n: f'"static/chunks/{drawn("[a-z0-9]{8}", n)}-{hexadecimal(n, 16)}.js"',
    "a build id": lambda n: f'"buildId":"{drawn("[A-Za-z0-9_-]{21}", n)}"',
    "commits": lambda n: f'{{"commit":"{hexadecimal(n, 40)}","tree":"{hexadecimal(n, 40)}"}} sha={hexadecimal(n, 7)}',
    "commits beside a key's name": lambda n: f'apiKeyVersion: "{hexadecimal(n, 40)}", secretAccessKeyHash: true',
    "checksums": lambda n: "\n".join(f"{hashlib.sha256(data(n + k, 9)).hexdigest()}  file-{k}.js" for k in range(5)),
    "identifiers": lambda n: (
        f'id:"{drawn("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", n)}",token:e.token'
    ),
    "Sanity's images": lambda n: (
        f'"https://cdn.sanity.io/images/abcd1234/production/{hexadecimal(n, 40)}-1200x800.png"'
    ),
    "Sanity's files": lambda n: f"https://cdn.sanity.io/files/abcd1234/production/{hexadecimal(n, 40)}.pdf",
    "Sanity's references": lambda n: f'{{"_type":"reference","_ref":"image-{hexadecimal(n, 40)}-1200x800-jpg"}}',
    "Sanity's document ids": lambda n: (
        f'"_id":"drafts.{drawn("[A-Za-z0-9]{22}", n)}","_rev":"{drawn("[A-Za-z0-9]{22}", n)}"'
    ),
    "Sanity's client without a token": lambda _: (
        'createClient({projectId:"abcd1234",dataset:"production",useCdn:!0,token:void 0})'
    ),
    "Sanity's token from the environment": lambda _: (
        'createClient({projectId:"abcd1234",token:process.env.SANITY_API_WRITE_TOKEN})'
    ),
    "an environment file without values": lambda _: (
        "SANITY_API_TOKEN=\nSTRIPE_SECRET_KEY=your-key-here\nAWS_SECRET_ACCESS_KEY=\n"
    ),
    "an environment file with angle brackets": lambda _: (
        "SANITY_API_TOKEN=<your token>\nGITHUB_TOKEN=${{ secrets.GITHUB_TOKEN }}\n"
    ),
    "headers of keys, as jose has them": lambda _: (
        'importPKCS8=async e=>{if(0!==e.indexOf("-----BEGIN PRIVATE KEY-----"))throw TypeError()}'
    ),
    "headers of keys, as forge has them": lambda _: (
        'var e="-----BEGIN RSA PRIVATE KEY-----\\r\\n"+t+"\\r\\n-----END RSA PRIVATE KEY-----"'
    ),
    "headers of keys, as a pattern": lambda _: "/-----BEGIN (?:RSA |EC )?PRIVATE KEY-----([\\s\\S]+?)-----END/.test(e)",
    "a list of headers of keys": lambda _: (
        '["PRIVATE KEY","RSA PRIVATE KEY","EC PRIVATE KEY"].map(e=>`-----BEGIN ${e}-----`)'
    ),
    "a public key": lambda n: (
        f"-----BEGIN PUBLIC KEY-----\\nMIIBIjANBgkqhkiG9w0BAQEFAAOC{b64(n, 270)}\\n-----END PUBLIC KEY-----"
    ),
    "a certificate": lambda n: "-----BEGIN CERTIFICATE-----\n" + _lines(b64(n, 900)) + "\n-----END CERTIFICATE-----",
    "a key of SSH that is public": lambda n: f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB{b64(n, 270)} user@example.com",
    "an armoured signature": lambda n: (
        f"-----BEGIN PGP SIGNATURE-----\n\n{_lines(b64(n, 400))}\n-----END PGP SIGNATURE-----"
    ),
    "an id in the documentation of AWS": lambda _: f'accessKeyId: "{"AKIA" + "IOSFODNN7" + "EXAMPLE"}"',
    "a key in the documentation of AWS": lambda _: (
        f'secretAccessKey: "{"wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCY" + "EXAMPLEKEY"}"'
    ),
    "a token of nobody": lambda _: (
        f'jwt="{".".join(map(_b64url, (_HEAD, _BODY)))}.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"'
    ),
    "beginnings of keys in code": lambda _: (
        'e.startsWith("sk_live_")||e.startsWith("ghp_")||/^xox[baprs]-/.test(e)||"sk-ant-api03-"'
    ),
    "placeholders for keys": lambda _: (
        f'"{"sk_" + "live_" + "x" * 24}" "{"ghp_" + "0" * 36}" "{"sk-" + "." * 40}" "{"SG." + "x" * 22 + "." + "x" * 43}"'
    ),
    "a form of React": lambda n: f'{{"data-reactid":".{drawn("[a-z0-9]{6}", n)}",key:"{drawn("[a-z0-9]{8}", n)}"}}',
    "arguments of a bundle": lambda n: (
        "!function(e,t,n,r,o){" + drawn("([a-z]=[a-z]\\.[a-z]{2,9}\\([a-z]\\);){60}", n) + "}()"
    ),
    "Unicode tables": lambda n: (
        '"' + "".join(f"\\u{k:04x}-\\u{k + n + 1:04x}" for k in range(0x1000, 0x1200, n + 2)) + '"'
    ),
    "numbers in a row": lambda n: ",".join(str(k * 7919 + n) for k in range(400)),
    "digits of a constant": lambda n: f'new BigInt("0x{hexadecimal(n, 512)}")',
    "a curve": lambda n: (
        f'p:"{hexadecimal(n, 64)}",n:"{hexadecimal(n + 1, 64)}",g:["{hexadecimal(n + 2, 64)}"],sk:null,key:n.key'
    ),
    "colours": lambda n: ";".join(f"--token-{k}:#{hexadecimal(n + k, 6)}" for k in range(40)),
    "an address with a long query": lambda n: (
        f"https://example.com/?code={drawn('[A-Za-z0-9_-]{60}', n)}&state={drawn('[A-Za-z0-9]{32}', n)}"
    ),
    "a signed address of another service": lambda n: (
        f"https://cdn.example.com/a.png?Expires=1700000000&Signature={b64(n, 64)}"
    ),
    "a trace": lambda n: f"traceparent: 00-{hexadecimal(n, 32)}-{hexadecimal(n, 16)}-01",
    "an entity tag": lambda n: f'ETag: W/"{hexadecimal(n, 32)}"',
    "a nonce": lambda n: f'<script nonce="{b64(n, 16)}">window.token=null</script>',
    "a policy": lambda n: f"Content-Security-Policy: script-src 'sha256-{b64(n, 32)}' 'nonce-{b64(n, 16)}'",
    "a name and password read from an address": lambda n: (
        f"this.username = m[{n}];\n    this.password = m[{n + 2}];\n    m[4] = m[4].substring(m[0].length)"
    ),
    "a name and password read in minified code": lambda _: (
        "t.username=n[1];t.password=n[3];e.user=s(1);password=u(e.p1);"
    ),
    "a form's rules": lambda _: (
        "const username = yup.string().min(1);\nconst password = utils.yup.string().min(8).matches(/[a-z]/);"
    ),
    "the address in the documentation of Redis": lambda _: (
        'createClient({url: "redis://alice:foobared@awesome.redis.server:6380"})'
    ),
    "a key that was cut off": lambda n: (
        f"`-----BEGIN RSA PRIVATE KEY----- MIIEpQIBAAKCAQEA{b64(n, 36)}. -----END RSA PRIVATE KEY-----`"
    ),
    "the key of a wallet for tests": lambda n: f'const TEST_WALLET_PRIVATE_KEY = "{hexadecimal(n, 128)}";',
    "keywords of a highlighter": lambda _: (
        'e.languages.http={keyword:/\\b(?:token|secret|password|apiKey|Authorization: Bearer)\\b/,built_in:"key secret_key auth"}'
    ),
    "alphabets of a minifier": lambda _: (
        'var a="etnrisouaflchpdvmgybwESxTNCkLAOM_DPHBjFIqRUzWXV$JKQGYZ0516372984",b="0123456789abcdefghijklmnopqrstuvwxyz"'
    ),
    "translations": lambda n: (
        f'{{"apiKey":"Schlüssel für die Schnittstelle {n}","accessToken":"Jeton secret","clientSecret":"クライアントシークレット"}}'
    ),
    "a snapshot of a test": lambda n: (
        f'exports[`token 1`] = `"<div data-hash=\\"{hexadecimal(n, 32)}\\" class=\\"css-{hexadecimal(n, 8)}\\" />"`;'
    ),
    "a dictionary of passwords": lambda _: (
        'passwords:"123456,password,12345678,qwerty,123456789,letmein,1234567,football,iloveyou,admin,welcome,monkey".split(",")'
    ),
    "a nextcloud of tildes": lambda n: "~" * 300 + drawn("[!-~]{200}", n).replace("'", ""),
}
_HEAD: Final = '{"alg":"HS256","typ":"JWT"}'
_BODY: Final = '{"sub":"1234567890","name":"John Doe","iat":1516239022}'


def _b64url(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _lines(text: str) -> str:
    return "\n".join(text[start : start + 64] for start in range(0, len(text), 64))


def found(text: str, engine: EngineName = "hyperscan") -> list[tuple[str, str]]:
    """Return (rule, exposure) of all findings that count."""
    blob = Blob(origin=FileOrigin(path="dist/a.js"), data=text.encode(), exposure=Exposure.SERVED)
    return [
        (finding.rule_id, finding.place.exposure.value)
        for finding in scan_blob(blob, full_engine(engine)).detections
        if finding.suppression is None
    ]


@pytest.mark.parametrize("kind", TEXTS)
def test_nothing_is_found_in(kind: str) -> None:
    for seed in range(SEEDS):
        text = TEXTS[kind](seed)
        assert found(text) == [], text[:300]


@pytest.mark.parametrize("kind", TEXTS)
def test_nothing_is_found_however_it_is_written(kind: str) -> None:
    text = TEXTS[kind](0)
    for name, write in EMBEDDINGS:
        assert found(write(text)) == [], name


def test_nothing_is_found_in_all_of_it_together() -> None:
    bundle = ";\n".join(text(seed) for seed in range(SEEDS) for text in TEXTS.values())
    assert found(bundle) == []
    assert found(bundle.replace("\n", "")) == []


def test_nothing_is_found_by_the_other_engine() -> None:
    assert found(";\n".join(text(0) for text in TEXTS.values()), "regex") == []


def test_silence_is_not_deafness() -> None:
    bundle = ";\n".join(text(1) for text in TEXTS.values())
    assert found(f"{bundle};\nvar a='{token()}';\n{bundle}") == [("sanity-token", "served")]


PUBLIC: Final = {
    "stripe-publishable-key": 'loadStripe("{}")',
    "google-api-key": 'initializeApp({{apiKey:"{}"}})',
    "sentry-dsn": 'Sentry.init({{dsn:"https://{}"}})',
    "posthog-project-key": 'posthog.init("{}")',
    "mapbox-public-token": 'mapboxgl.accessToken="{}"',
    "supabase-anon-jwt": 'createClient("https://a.supabase.co","{}")',
    "supabase-publishable-key": 'createClient("https://a.supabase.co","{}")',
    "clerk-publishable-key": 'publishableKey:"{}"',
}


@pytest.mark.parametrize("rule", PUBLIC)
def test_a_key_that_is_made_for_the_browser_is_public_and_nothing_else(rule: str) -> None:
    for seed in range(SEEDS):
        assert found(PUBLIC[rule].format(fake(rule, seed))) == [(rule, "public-by-design")]


@pytest.mark.parametrize("rule", PUBLIC)
def test_public_keys_stay_public_beside_one_another(rule: str) -> None:
    text = ";".join(text.format(fake(name)) for name, text in PUBLIC.items())
    assert {exposure for _, exposure in found(text)} == {"public-by-design"}
    assert rule in {name for name, _ in found(text)}
