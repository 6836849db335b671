"""What is clearly a name, and what may be a password that stands bare in code."""

import pytest

from frontleak.core.names import is_name


@pytest.mark.parametrize(
    "name",
    ["getServerSideProps", "XMLHttpRequest", "base64ToUint8Array", "gzipSyncUTF8", "DOMContentLoaded", "a1B2c3D"],
)
def test_a_name_stays(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("value", ["XtooUIUDYPfybtH0KR", "bn16oENHGowIg3", "qWxZkVtbNmPzXcRq"])
def test_random_letters_are_no_name(value: str) -> None:
    assert not is_name(value)
