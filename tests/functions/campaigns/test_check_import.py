import pytest

from kalit.campaigns.imports import MOST_TOLD, PAGE
from kalit.kit.resources import Table

from ..rows import unchanged
from ..world import Killed, killed_after, meanwhile, upset
from .importer import ALI, HEADER, Importer, rows, whole


def test_a_file_with_nothing_wrong_is_made_page_by_page(importer: Importer) -> None:
    id = importer.begun(rows(PAGE + 1))
    assert importer.check(id) == [0, 1]
    shown = importer.show(id)
    assert (shown["state"], shown["rows"], shown["accepted"], shown["imported"]) == ("importing", PAGE + 1, PAGE + 1, 0)


def test_of_a_file_with_an_error_nothing_is_made(importer: Importer) -> None:
    id = importer.begun([ALI, "12,90,vip,Mars/Base", *rows(3)])
    assert importer.check(id) == []
    shown = importer.show(id, "ru")
    assert (shown["state"], shown["rows"], shown["accepted"], shown["error_count"]) == ("failed", 5, 0, 2)
    assert shown["finished_at"] == "2026-01-05T12:00:00.000Z"
    assert shown["errors"] == [
        {"line": 3, "column": "phone_number", "message": "Телефон должен содержать не менее 10 цифр."},
        {"line": 3, "column": "timezone", "message": "Неизвестный часовой пояс."},
    ]
    assert importer.kept() == whole(0)


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        (b"", 1, "The file is empty."),
        ("\n".join([HEADER, ALI.replace("vip", "вип")]).encode("cp1251"), 2, "The file is not in UTF-8."),
        (f"{HEADER}\n".encode() + b"1" * (20 * 1024 * 1024), 1, "The file is larger than 20971520 bytes."),
    ],
    ids=["empty", "other encoding", "too big"],
)
def test_of_a_file_that_cannot_be_read_nobody_is_made(importer: Importer, content: bytes, line: int, told: str) -> None:
    shown = importer.run(content)
    [error] = shown["errors"]
    assert (shown["state"], error["line"], error["column"], told in error["message"]) == ("failed", line, "", True)
    assert importer.kept() == whole(0)


def test_of_many_errors_the_first_are_told_and_all_are_counted(importer: Importer) -> None:
    shown = importer.run(["1,90,vip,UTC"] * (MOST_TOLD + 7))
    assert (shown["error_count"], len(shown["errors"]), shown["errors"][-1]["line"]) == (
        MOST_TOLD + 7,
        MOST_TOLD,
        MOST_TOLD + 1,
    )


def test_a_phone_that_stood_in_the_file_before_is_a_duplicate(importer: Importer) -> None:
    shown = importer.run([ALI, "998901234567,91,new,UTC", *rows(1), ALI])
    assert shown["duplicates"] == [
        {"line": 3, "first_line": 2, "client": None},
        {"line": 5, "first_line": 2, "client": None},
    ]
    assert (shown["state"], shown["imported"], shown["duplicate_count"]) == ("done", 2, 2)


def test_a_phone_of_a_client_of_yours_is_a_duplicate(importer: Importer) -> None:
    importer.run([ALI])
    shown = importer.run([*rows(1), "8 998 90 1234567,90,vip,UTC", ALI])
    assert shown["duplicates"] == [{"line": 4, "first_line": None, "client": 1}]
    assert (shown["rows"], shown["accepted"], shown["imported"]) == (3, 2, 2)


def test_a_file_of_duplicates_alone_is_done_at_once(importer: Importer) -> None:
    importer.run([ALI])
    shown = importer.run([ALI])
    assert (shown["state"], shown["rows"], shown["accepted"]) == ("done", 1, 0)
    assert shown["finished_at"] == "2026-01-05T12:00:00.000Z"


def test_another_owners_clients_are_no_duplicates(importer: Importer, stranger: Importer) -> None:
    importer.run([ALI])
    assert stranger.run([ALI])["imported"] == 1


def test_a_phone_that_was_given_back_is_free(importer: Importer) -> None:
    importer.run([ALI])
    other = {"phone_number": "+998 91 765-43-21"}
    assert importer.aws.http("campaigns.update_client", other, token=importer.token, id=1).status == 200
    assert importer.run([ALI])["imported"] == 1


def test_a_check_that_comes_again_changes_nothing(importer: Importer) -> None:
    id = importer.begun(rows(3))
    assert importer.check(id) == [0]
    with unchanged(importer.aws):
        assert importer.check(id) == [0]


@pytest.mark.parametrize("operation", ["GetObject", "BatchGetItem", "PutObject", "UpdateItem", "TransactWriteItems"])
def test_a_check_that_died_is_done_by_the_next(importer: Importer, operation: str) -> None:
    id = importer.begun(rows(3))
    with upset(operation, killed_after, own=True), pytest.raises(Killed):
        importer.check(id)
    assert importer.check(id) == [0]
    importer.make(id)
    assert importer.kept() == whole(3)


def test_of_two_checks_at_once_one_counts(importer: Importer) -> None:
    id = importer.begun(rows(3))
    with upset("TransactWriteItems", meanwhile(lambda: importer.check(id)), own=True):
        assert importer.check(id) == [0]
    importer.make(id)
    assert importer.kept() == whole(3)


def test_a_machine_that_is_faster_than_who_started_it_does_no_harm(importer: Importer) -> None:
    id = importer.create()["id"]
    importer.upload(id, [ALI])

    def whole_machine() -> None:
        for page in importer.check(id):
            importer.make(id, page)

    with upset("UpdateItem", meanwhile(whole_machine)):
        answer = importer.start(id)
    assert (answer.status, answer.json["state"]) == (202, "done")


def test_no_phone_is_logged(importer: Importer, caplog: pytest.LogCaptureFixture) -> None:
    importer.run([ALI, "+998 90 1,90,vip,UTC"])
    importer.run([ALI, *rows(2)])
    assert "4567" not in caplog.text
    assert "+998" not in caplog.text
    assert importer.aws.rows(Table.OPS, "JOB#")


def test_an_import_that_is_not_there_has_no_pages(importer: Importer) -> None:
    assert importer.check("019c1f3e-6a35-7cb5-9b66-0a54cf0d1a11") == []
