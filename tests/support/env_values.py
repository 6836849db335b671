"""Fake values of environment variables, and the ways in which builds write them."""

import base64
import gzip
import html
import io
import json
import random
import string
import zipfile
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

_LETTERS: Final = string.ascii_letters + string.digits


def fake(seed: int, length: int = 36) -> str:
    """Return a random text of letters and digits."""
    generator = random.Random(seed)
    return "".join(generator.choice(_LETTERS) for _ in range(length))


def strange(seed: int) -> str:
    """Return a random text with characters that every encoding escapes."""
    return fake(seed, 12) + "\"/<+&'\\ é$`=" + fake(seed + 1, 12)


def _map(text: str) -> str:
    return json.dumps(
        {"version": 3, "sources": ["src/a.ts"], "sourcesContent": [f"const a={json.dumps(text)}"], "mappings": "AAAA"}
    )


def encodings(value: str) -> Iterator[tuple[str, bytes]]:
    """Yield (name of a file, content) of each way to write a value that has any characters."""
    data = value.encode()
    yield "plain.js", b"a = " + json.dumps(value, ensure_ascii=False).encode()
    yield "json.json", json.dumps({"a": value}).encode()
    yield "json-in-string.js", json.dumps(json.dumps({"a": value})).encode()
    for before in range(3):
        yield f"base64-{before}.js", b'"' + base64.b64encode(b"xyz"[:before] + data + b"tail") + b'"'
        yield f"base64url-{before}.js", b'"' + base64.urlsafe_b64encode(b"xyz"[:before] + data + b"tail") + b'"'
    yield "hex.js", f'"{data.hex()}"'.encode()
    yield "hex-upper.js", f'"{data.hex().upper()}"'.encode()
    yield "percent.js", f'u="?a={quote(value, safe="")}&b=1"'.encode()
    yield "percent-all.js", ('u="?a=' + "".join(f"%{byte:02X}" for byte in data) + '&b=1"').encode()
    yield "entity.html", f'<p a="{html.escape(value)}">'.encode()
    yield "entity-all.html", ('<p a="' + "".join(f"&#{ord(each)};" for each in value) + '">').encode()
    yield "reversed.js", f'"{value[::-1]}"'.encode()
    yield "utf-16.bin", b"\0\1" + value.encode("utf-16-le")
    yield "utf-16-be.bin", b"\0\1\2" + value.encode("utf-16-be")
    yield "utf-16-file.js", f'x="{value}"'.encode("utf-16")
    yield "escapes.js", ('"' + "".join(f"\\u{ord(each):04x}" for each in value) + '"').encode()
    yield "app.js.map", _map(value).encode()
    encoded = base64.b64encode(_map(value).encode()).decode()
    yield "inline-map.js", f"let a=1;\n//# sourceMappingURL=data:application/json;base64,{encoded}\n".encode()
    flight = json.dumps(f'0:["$","a",null,{{"t":{json.dumps(value)}}}]\n')
    yield "flight.html", f"<script>self.__next_f.push([1,{flight}])</script>".encode()
    yield "packed.js.gz", gzip.compress(json.dumps(value).encode())
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("a/b.js", f"x={json.dumps(value)}")
    yield "packed.zip", archive.getvalue()


def pieces(value: str) -> Iterator[tuple[str, bytes]]:
    """Yield (name of a file, content) of each way in which code puts a value of letters and digits together."""
    first, rest, codes = value[:10], value[10:], ",".join(str(ord(each)) for each in value)
    half = base64.b64encode(value.encode()).decode()
    for name, code in (
        ("joined", f'a="{first}"+"{rest}"'),
        ("variables", f'const p="{first}";const q="{rest}";const t=p+q;'),
        ("template", f'const p="{rest}";const t=`{first}${{p}}`;'),
        ("array", f'a=["{first}","{rest}"].join("")'),
        ("concat", f'a="{first}".concat("{rest}")'),
        ("codes", f"String.fromCharCode({codes})"),
        ("codes-mapped", f'f([{codes}].map(c=>String.fromCharCode(c)).join(""))'),
        ("reversed-pieces", f'a="{value[::-1]}".split("").reverse().join("")'),
        ("atob", f'atob("{half[:20]}"+"{half[20:]}")'),
        ("appended", f'let a="{first}";a+="{rest}";'),
    ):
        yield f"{name}.js", code.encode()
    yield "tag.html", f"<code>{first}AB<wbr>{rest}</code>".replace("AB", "").encode()
    chunks = (json.dumps(f'0:["$","a",null,{{"t":"{first}'), json.dumps(f'{rest}"}}]\n'))
    yield "flight-pieces.html", "".join(f"<script>self.__next_f.push([1,{each}])</script>" for each in chunks).encode()


_ORDINARY: Final = """
NODE_ENV=production
PORT=3000
HOST=0.0.0.0
LOG_LEVEL=debug
APP_NAME=My shop
APP_URL=https://shop.example.com
API_URL=https://api.shop.example.com/v1
TZ=Europe/Berlin
DEFAULT_LOCALE=en-US
THEME=default
CACHE_DRIVER=memory
SESSION_DRIVER=cookie
QUEUE_CONNECTION=sync
MAIL_HOST=smtp.example.com
MAIL_PORT=587
MAIL_FROM=hello@example.com
MAIL_USER=postmaster
AWS_REGION=eu-central-1
S3_BUCKET=shop-assets
REDIS_URL=redis://localhost:6379
POSTGRES_USER=postgres
POSTGRES_PASSWORD=postgres
POSTGRES_DB=postgres
SANITY_PROJECT_ID=a1b2c3d4
SANITY_DATASET=production
SANITY_API_VERSION=2025-02-19
FEATURE_FLAGS=search,checkout,reviews
ALGOLIA_INDEX=products
ADMIN_EMAIL=admin@example.com
ADMIN_USER=administrator
ADMIN_PASSWORD=password
JWT_ISSUER=https://auth.example.com/
JWT_ALGORITHM=HS256
TOKEN_HEADER=authorization
CSRF_COOKIE=csrftoken
SESSION_COOKIE=sessionid
UPLOAD_DIR=./storage/uploads
STATIC_ROOT=/var/www/static
COOKIE_DOMAIN=localhost
CONTENT_TYPE=application/json
CHARSET=utf-8
ENCODING=base64
FRAMEWORK=react
BUNDLER=webpack
EDITOR_MODE=javascript
RENDERER=canvas
FONT_FAMILY=system-ui
PRIMARY_COLOR=#3b82f6
IMAGE_TYPES=image/png,image/jpeg
CDN=https://cdn.jsdelivr.net/npm
UNPKG=https://unpkg.com
W3C=http://www.w3.org/2000/svg
DOCS=https://react.dev/reference/react
LICENSE=MIT License
USER_AGENT=Mozilla/5.0 (X11; Linux x86_64)
NULL_UUID=00000000-0000-0000-0000-000000000000
EXAMPLE_TOKEN=your-token-here
PLACEHOLDER_SECRET=changeme
ALPHABET=abcdefghijklmnopqrstuvwxyz
BASE62=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz
HEX_DIGITS=0123456789abcdef
EMPTY_SHA256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
CURVE=prime256v1
PUBLIC_KEY_TYPE=spki
STORAGE_KEY=accessToken
TOKEN_KEY=refresh_token
AUTH_PROVIDER=credentials
SECRET_NAME=client_secret
PASSWORD_FIELD=password
DB_PASS=development
"""
"""Variables of an ordinary project, with values that also occur in third-party code."""


def ordinary_env(variables: int = 200) -> str:
    """Return an env file as projects have them: settings, words and addresses, and as many secrets as make the number."""
    lines = _ORDINARY.strip().splitlines()
    kinds = ("{}_API_KEY={}", "{}_SECRET={}", "{}_TOKEN={}", "DATABASE_{}_URL=postgres://app:{}@db.example.com/app")
    for number in range(variables - len(lines)):
        length = (16, 20, 24, 32, 40, 64)[number % 6]
        lines.append(kinds[number % 4].format(f"SERVICE{number}", fake(1_000 + number, length)))
    return "\n".join(lines) + "\n"
