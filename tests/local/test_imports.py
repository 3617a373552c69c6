"""Clients from a file, and one of them who wants no messages, as a browser and a provider do it."""

import uuid
from typing import Any

import pytest
import requests

from infra.stages import SANDBOX_INBOUND
from tests.running import Local, User, eventually

HEADER = "phone_number,mobile_operator_code,tag,timezone"
NUMBER = 40


@pytest.fixture
def user(local: Local) -> User:
    return User.new(local.url)


def imported(user: User, lines: list[str]) -> Any:
    """An import that is over."""
    told = user.post("/api/clients/imports/").json()
    path, upload = f"/api/clients/imports/{told['id']}/", told["upload"]
    content = "\n".join([HEADER, *lines]).encode()
    assert requests.post(upload["url"], data=upload["fields"], files={"file": content}, timeout=30).status_code == 204
    assert user.post(f"{path}start/").status_code == 202
    return eventually(lambda: ((i := user.get(path).json())["state"] in ("done", "failed") and i) or None)


def test_a_file_becomes_clients_and_one_with_an_error_becomes_none(user: User) -> None:
    prefix = f"+998 9{uuid.uuid4().int % 10**4:04}"
    lines = [f"{prefix} {number:04},90,vip,Asia/Tashkent" for number in range(NUMBER)]
    told = imported(user, [*lines, lines[0]])
    assert (told["state"], told["imported"], told["duplicate_count"]) == ("done", NUMBER, 1)
    assert user.get("/api/clients/").json()["count"] == NUMBER
    told = imported(user, ["+998 90 765-43-21,90,vip,Mars/Base"])
    assert (told["state"], told["errors"][0]["line"], told["errors"][0]["column"]) == ("failed", 2, "timezone")
    assert user.get("/api/clients/").json()["count"] == NUMBER


def test_a_file_that_is_too_large_is_not_taken(user: User) -> None:
    upload = user.post("/api/clients/imports/").json()["upload"]
    content = b"x" * (20 * 1024 * 1024 + 1)
    answer = requests.post(upload["url"], data=upload["fields"], files={"file": content}, timeout=60)
    assert (answer.status_code, "EntityTooLarge" in answer.text) == (400, True)


def test_a_client_opts_out_by_his_link_and_begins_again_by_sms(user: User, local: Local) -> None:
    phone = f"+9989{uuid.uuid4().int % 10**8:08}"
    body = {"phone_number": phone, "mobile_operator_code": "90", "tag": "vip", "timezone": "Asia/Tashkent"}
    path = f"/api/clients/{user.post('/api/clients/', body).json()['id']}/opt-out/"
    link = user.get(path).json()["link"]
    page = requests.get(link, headers={"Accept-Language": "ru"}, timeout=30)
    assert (page.status_code, "Больше не присылать" in page.text) == (200, True)
    assert not user.get(path).json()["opted_out"]
    assert requests.post(link, timeout=30).status_code == 200
    assert user.get(path).json()["opted_out"]
    said = {"phone": phone, "text": "boshla"}
    for secret, status in (("a guess", 401), (SANDBOX_INBOUND, 200)):
        headers = {"X-Inbound-Secret": secret}
        assert (
            requests.post(f"{local.url}/api/sms/inbound/", json=said, headers=headers, timeout=30).status_code == status
        )
    assert not user.get(path).json()["opted_out"]
