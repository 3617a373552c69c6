"""The links by which people opt out, and who may undo it."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalit.campaigns.messages import CLIENTS
from kalit.campaigns.opt_outs import TOKEN_LETTERS, By, LinkNotValid, client_of, token, undone_by

KEY, ANOTHER = b"k" * 32, b"a" * 32


@given(st.integers(1, CLIENTS - 1))
def test_a_link_names_its_client(client: int) -> None:
    told = token(client, KEY)
    assert client_of(told, KEY) == client
    assert len(told) == TOKEN_LETTERS
    assert set(told) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


@given(st.integers(1, CLIENTS - 1), st.integers(0, TOKEN_LETTERS - 1), st.sampled_from("aZ0-_"))
def test_a_link_with_another_letter_is_nobodys(client: int, place: int, letter: str) -> None:
    told = token(client, KEY)
    changed = told[:place] + letter + told[place + 1 :]
    if changed != told:
        with pytest.raises(LinkNotValid):
            client_of(changed, KEY)


@pytest.mark.parametrize(
    "told", ["", "sample", "A" * 20, "A" * 24, token(7, ANOTHER), token(7, KEY)[:-1], token(7, KEY) + "A", "ў" * 20]
)
def test_what_we_did_not_write_is_no_link(told: str) -> None:
    with pytest.raises(LinkNotValid):
        client_of(told, KEY)


@pytest.mark.parametrize(
    ("role", "by", "account", "may"),
    [
        ("user", By.ACCOUNT, "7", True),
        ("user", By.ACCOUNT, "8", False),
        ("user", By.LINK, None, False),
        ("user", By.WORD, None, False),
        ("manager", By.WORD, None, True),
        ("admin", By.ACCOUNT, "8", True),
    ],
)
def test_a_wish_is_undone_by_who_noted_it_and_by_staff(role: str, by: By, account: str | None, may: bool) -> None:
    caller: Any = SimpleNamespace(id=7, role=role)
    assert undone_by(caller, by, account) is may
