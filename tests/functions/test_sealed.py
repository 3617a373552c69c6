"""Sealed texts: nobody opens one for another purpose, or one that was changed."""

import base64

import pytest
from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidTag

from kalit.kit.resources import Cipher
from kalit.kit.sealed import seal, unseal
from tests.cloud import Cloud


@pytest.fixture(autouse=True)
def keyed(aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(Cipher.PRIVATE.variable, aws.ids[Cipher.PRIVATE])


@pytest.mark.parametrize("text", ["", "945702", "ў" * 100_000])
def test_what_was_sealed_is_read_again(text: str) -> None:
    assert unseal(seal(text, "password of ali"), "password of ali") == text


def test_the_same_text_is_sealed_differently_each_time() -> None:
    one, other = seal("945702", "password of ali"), seal("945702", "password of ali")
    assert one != other
    assert not set(one.split(".")) & set(other.split("."))


def test_nothing_of_it_can_be_read() -> None:
    sealed = seal("945702", "password of ali")
    assert not any(b"945702" in base64.b64decode(part) for part in sealed.split("."))


def test_it_opens_for_its_purpose_alone() -> None:
    with pytest.raises((ClientError, InvalidTag)):
        unseal(seal("945702", "password of ali"), "password of vali")


@pytest.mark.parametrize("place", [0, 12, -1])
def test_a_changed_text_does_not_open(place: int) -> None:
    wrapped, hidden = seal("945702", "password of ali").split(".")
    changed = bytearray(base64.b64decode(hidden))
    changed[place] ^= 1
    with pytest.raises(InvalidTag):
        unseal(f"{wrapped}.{base64.b64encode(changed).decode()}", "password of ali")


def test_a_text_under_another_s_key_does_not_open() -> None:
    one, other = seal("945702", "password of ali"), seal("111111", "password of ali")
    with pytest.raises(InvalidTag):
        unseal(f"{other.split('.')[0]}.{one.split('.')[1]}", "password of ali")
