"""The map reference of a script is parsed as in browsers."""

from collections.abc import Mapping
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.decode.maps.detect import reference
from tests.support.maps import HEAD

REFERENCES: Final[Mapping[str, tuple[bytes, str | None]]] = {
    "none": (b"a=1", None),
    "nothing at all": (b"", None),
    "an empty one": (b"a\n//# sourceMappingURL=\n", None),
    "in a string": (b'a="//# sourceMappingURL=x.map";b()', None),
    "without a comment": (b"sourceMappingURL=x.map", None),
    "code after it": (b"//# sourceMappingURL=x.map\nb()", None),
    "long ago": (b"//# sourceMappingURL=x.map\n" + b"b();" * 5000, None),
    "script": (b"a\n//# sourceMappingURL=x.js.map", "x.js.map"),
    "blanks after it": (b"a\n//# sourceMappingURL=x.js.map \r\n\n", "x.js.map"),
    "the old form": (b"a\n//@ sourceMappingURL=x.js.map\n", "x.js.map"),
    "style sheet": (b"a{}\n/*# sourceMappingURL=x.css.map */", "x.css.map"),
    "style sheet without blanks": (b"a{}/*# sourceMappingURL=x.css.map*/", "x.css.map"),
    "the last of two": (b"//# sourceMappingURL=a.map\n//# sourceMappingURL=b.map\n", "b.map"),
    "comments after it": (b"//# sourceMappingURL=a.map\n//# debugId=1\n/* end */", "a.map"),
    "after 20 MB": (b"x" * 20_000_000 + b"\n//# sourceMappingURL=x.map", "x.map"),
    "percent signs stay": (b"//# sourceMappingURL=a%20b.map?x=1", "a%20b.map?x=1"),
    "an inline map": (b"a\n//# " + HEAD + b";base64,QUFB", "data:application/json;base64,QUFB"),
    "remote": (b"//# sourceMappingURL=https://x.test/a.map", "https://x.test/a.map"),
}


@pytest.mark.parametrize(("data", "expected"), REFERENCES.values(), ids=REFERENCES)
def test_the_reference_of_a_script_is_read(data: bytes, expected: str | None) -> None:
    assert reference(data) == expected


@pytest.mark.parametrize("size", [0, 3000, 4040, 4060, 4080, 4096, 4100, 9000, 3_000_000])
def test_a_long_inline_reference_is_found(size: int) -> None:
    url = "data:application/json;base64," + "A" * size
    assert reference(b"code();\n//# sourceMappingURL=" + url.encode() + b"\n") == url


@given(st.binary(max_size=80))
def test_a_reference_is_never_an_error(data: bytes) -> None:
    reference(data)
    reference(b"//# sourceMappingURL=" + data)
