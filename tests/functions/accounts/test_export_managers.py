import csv
import io
from urllib.parse import urlsplit

import pytest

from kalit.accounts import managers
from kalit.kit.resources import Bucket
from tests.cloud import Answer, Cloud

from ..rows import change_ali, unchanged
from ..world import Clock
from .staff import FORBIDDEN, NO_MANAGER, OTP, Staff

HEADER = "URL,Username,OneTimePassword,Current Role"
URL = "http://localhost:8000/login/"


def rows(answer: Answer) -> list[list[str]]:
    """The file's rows below its header."""
    return list(csv.reader(io.StringIO(answer.text, newline="")))[1:]


def test_managers_are_listed_with_their_one_time_passwords(staff: Staff) -> None:
    staff.create(password=OTP)
    answer = staff.export()
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="managers.csv"'
    assert answer.text == f"{HEADER}\r\n{URL},dilshod,{OTP},manager\r\n"


def test_a_password_stands_there_until_it_is_used(staff: Staff) -> None:
    staff.create(password=OTP)
    staff.log_in()
    assert rows(staff.export()) == [[URL, "dilshod", "Not available", "manager"]]


@pytest.mark.parametrize(("hours", "shown"), [(71, OTP), (72, "Not available")])
def test_a_password_stands_there_until_it_has_run_out(staff: Staff, clock: Clock, hours: int, shown: str) -> None:
    staff.create(password=OTP)
    clock.move(hours=hours)
    staff.token = staff.aws.log_in("boss")
    assert rows(staff.export()) == [[URL, "dilshod", shown, "manager"]]


def test_after_a_new_one_was_given_that_stands_there(staff: Staff) -> None:
    staff.create()
    password = staff.reissue().json["one_time_password"]
    assert rows(staff.export())[0][2] == password


def test_all_managers_are_there_by_id_blocked_ones_too(staff: Staff) -> None:
    for name in ("zarif", "anvar", "dilshod", "bobur"):
        staff.create(name)
    staff.change(3, is_active=False)
    staff.change(4, role="user")
    staff.aws.register("karim")
    staff.change(6, role="manager")
    assert [row[1] for row in rows(staff.export())] == ["zarif", "anvar", "bobur", "karim"]
    assert rows(staff.export())[3] == [URL, "karim", "Not available", "manager"]


def test_more_managers_than_are_read_at_once_are_all_there(
    staff: Staff, monkeypatch: pytest.MonkeyPatch, calls: list[str]
) -> None:
    monkeypatch.setattr("kalit.accounts.export_store.AT_ONCE", 2)
    names = [f"m{n}" for n in range(5)]
    for name in names:
        staff.create(name)
    calls.clear()
    assert [row[1] for row in rows(staff.export())] == names
    assert calls == ["GetItem", *["Query"] * 2, *["BatchGetItem"] * 4, *["Decrypt"] * 5, "TransactWriteItems"]


def test_one_manager_may_be_asked_for(staff: Staff) -> None:
    staff.create("vali")
    staff.create(password=OTP)
    assert rows(staff.export(username="dilshod")) == [[URL, "dilshod", OTP, "manager"]]


@pytest.mark.parametrize("query", [{}, {"username": "nobody"}, {"username": "boss"}, {"username": "dil"}])
def test_where_there_is_none_it_says_so(staff: Staff, query: dict[str, str]) -> None:
    if query:
        staff.create()
    with unchanged(staff.aws):
        answer = staff.export(**query)
    assert (answer.status, answer.json) == (404, NO_MANAGER)


@pytest.mark.parametrize("username", ["=cmd", "+cmd", "-cmd", "@cmd"])
def test_no_cell_is_a_formula(staff: Staff, username: str) -> None:
    if username[0] == "=":
        staff.create(password="=1+1")
        assert rows(staff.export())[0][2] == "'=1+1"
    else:
        staff.create(username)
        assert rows(staff.export())[0][1] == f"'{username}"


@pytest.mark.parametrize("password", ["\tcmd", "\rcmd", 'a,"b"', "a\nb"])
def test_odd_passwords_stay_in_their_cell(staff: Staff, password: str) -> None:
    staff.create(password=password)
    [[_, _, shown, role]] = rows(staff.export())
    assert (shown.lstrip("'"), role) == (password, "manager")
    assert shown.startswith("'") == (password[0] in "\t\r")


@pytest.mark.parametrize("bom", ["1", "true"])
def test_a_byte_order_mark_may_be_asked_for(staff: Staff, bom: str) -> None:
    staff.create()
    assert staff.export(bom=bom).text.startswith(f"\ufeff{HEADER}\r\n")
    assert staff.export(bom="0").text.startswith(HEADER)
    assert staff.export(bom="zzz").status == 400


def test_an_export_is_told_to_the_audit_log(staff: Staff) -> None:
    staff.create(password=OTP)
    staff.export(username="dilshod")
    staff.export()
    assert staff.acts == ["manager.create", "manager.export", "manager.export"]
    told = [entry for entry in staff.audit if entry["action"] == "manager.export"]
    assert {entry["username"] for entry in told} == {"boss"}
    assert sorted(
        (str(entry["details"]["after"]["username"]), entry["details"]["after"]["managers"]) for entry in told
    ) == [
        ("None", 1),
        ("dilshod", 1),
    ]
    assert OTP not in str(staff.audit)


@pytest.mark.parametrize("role", ["manager", "user"])
def test_managers_and_users_get_no_list(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    answer = Staff(aws, token).export()
    assert (answer.status, answer.json) == (403, FORBIDDEN)


def test_what_is_too_large_for_an_answer_is_a_link(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    staff.create(password=OTP)
    small = staff.export().text
    monkeypatch.setattr(managers, "LARGEST", 100)
    answer = staff.export()
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json["size"] == len(small)
    assert answer.json["expires_at"] == "2026-01-05T12:05:00.000Z"
    link = urlsplit(answer.json["url"])
    assert "X-Amz-Expires=300" in link.query
    key = link.path.lstrip("/").removeprefix("local-exports/")
    assert len(key) > 43
    found = staff.aws.client("s3").get_object(Bucket=staff.aws.ids[Bucket.EXPORTS], Key=key)
    assert found["Body"].read().decode() == small
    assert found["ContentDisposition"] == 'attachment; filename="managers.csv"'
    assert staff.export().json["url"] != answer.json["url"]
