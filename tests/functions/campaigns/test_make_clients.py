from typing import Any

import pytest
from botocore.client import BaseClient

from kalit.campaigns import imports
from kalit.campaigns.store import Changed
from kalit.kit.resources import Table

from ..rows import unchanged
from ..world import Clock, Killed, at_once, killed_after, lost, meanwhile, sent_twice, upset
from .importer import ALI, Importer, rows, whole

NUMBER = 50


def test_clients_are_as_if_each_was_made_by_itself(importer: Importer) -> None:
    importer.run([ALI])
    imported = without_versions(importer)
    assert importer.aws.http("campaigns.show_client", token=importer.token, id=1).json == {
        "id": 1,
        "phone_number": "+998 90 123-45-67",
        "mobile_operator_code": "90",
        "tag": "vip",
        "timezone": "Asia/Tashkent",
    }
    for row in importer.aws.rows(Table.CAMPAIGNS):
        importer.aws.table(Table.CAMPAIGNS).delete_item(Key={"pk": row["pk"], "sk": row["sk"]})
    body = dict(zip(("phone_number", "mobile_operator_code", "tag", "timezone"), ALI.split(","), strict=True))
    assert importer.aws.http("campaigns.create_client", body, token=importer.token).status == 201
    assert without_versions(importer) == imported


def without_versions(importer: Importer) -> list[dict[str, Any]]:
    """All that is kept of clients; counts without their shards, which are of chance."""
    found = importer.aws.rows(Table.CAMPAIGNS)
    told = [row for row in found if not row["pk"].startswith(("IMPORT", "COUNTS#IMPORTS", "COUNTER"))]
    return sorted(
        (row | {"sk": row["sk"].rpartition("#")[0] if "COUNT" in row["pk"] + row["sk"] else row["sk"]} for row in told),
        key=str,
    )


def test_all_of_a_page_are_made_and_the_import_is_done(importer: Importer, clock: Clock) -> None:
    id = importer.begun(rows(NUMBER))
    importer.check(id)
    clock.move(seconds=5)
    importer.make(id)
    shown = importer.show(id)
    assert (shown["state"], shown["imported"], shown["finished_at"]) == ("done", NUMBER, "2026-01-05T12:00:05.000Z")
    assert importer.kept() == whole(NUMBER)
    listed = importer.clients()
    assert (listed["count"], [client["id"] for client in listed["results"]]) == (NUMBER, list(range(1, NUMBER + 1)))


def test_an_import_is_done_with_its_last_page(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "PAGE", 20)
    id = importer.begun(rows(21))
    importer.check(id)
    importer.make(id, 1)
    shown = importer.show(id)
    assert (shown["state"], shown["imported"], shown["finished_at"]) == ("importing", 1, None)
    assert importer.check(id) == [0]


def test_a_page_that_comes_again_changes_nothing(importer: Importer) -> None:
    id = importer.begun(rows(NUMBER))
    importer.check(id)
    importer.make(id)
    with unchanged(importer.aws):
        importer.make(id)


@pytest.mark.parametrize("after", range(4))
def test_a_page_whose_step_died_is_gone_on_with(importer: Importer, after: int) -> None:
    id = importer.begun(rows(NUMBER))
    importer.check(id)
    with upset("TransactWriteItems", killed_after, after=after), pytest.raises(Killed):
        importer.make(id)
    imported = importer.show(id)["imported"]
    assert importer.kept() == whole(imported)
    importer.make(id)
    assert importer.kept() == whole(NUMBER)
    assert importer.show(id)["state"] == "done"


def test_who_died_before_the_end_was_noted_is_followed_by_who_notes_it(importer: Importer) -> None:
    id = importer.begun(rows(3))
    importer.check(id)
    with upset("Query", killed_after), pytest.raises(Killed):
        importer.make(id)
    assert importer.show(id)["state"] == "importing"
    importer.make(id)
    assert importer.show(id)["state"] == "done"


@pytest.mark.parametrize("fault", [lost, sent_twice])
def test_a_lost_answer_makes_nobody_twice(importer: Importer, fault: Any) -> None:
    id = importer.begun(rows(NUMBER))
    importer.check(id)
    with upset("TransactWriteItems", fault):
        importer.make(id)
    assert importer.kept() == whole(NUMBER)


def test_two_steps_at_the_same_page_make_nobody_twice(importer: Importer) -> None:
    id = importer.begun(rows(NUMBER))
    importer.check(id)
    with upset("TransactWriteItems", meanwhile(lambda: importer.make(id))), pytest.raises(Changed):
        importer.make(id)
    importer.make(id)
    assert importer.kept() == whole(NUMBER)


def test_pages_at_once_do_not_meet(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "PAGE", 20)
    id = importer.begun(rows(NUMBER))
    assert importer.check(id) == [0, 1, 2]
    at_once([lambda page=page: importer.make(id, page) for page in range(3)])  # type: ignore[misc]
    assert importer.kept() == whole(NUMBER)
    assert importer.show(id)["state"] == "done"


def test_clients_changed_meanwhile_stay_as_they_are(importer: Importer) -> None:
    id = importer.begun(rows(NUMBER))
    importer.check(id)
    with upset("TransactWriteItems", killed_after, after=1), pytest.raises(Killed):
        importer.make(id)
    assert importer.aws.http("campaigns.update_client", {"tag": "mine"}, token=importer.token, id=1).status == 200
    importer.make(id)
    assert importer.aws.http("campaigns.show_client", token=importer.token, id=1).json["tag"] == "mine"


def test_a_page_of_no_import_is_let_go(importer: Importer) -> None:
    importer.make("019c1f3e-6a35-7cb5-9b66-0a54cf0d1a11")


def test_steps_at_different_pages_write_no_row_that_another_writes(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "PAGE", 20)
    id = importer.begun(rows(NUMBER))
    importer.check(id)
    written: list[set[str]] = []

    def noted(client: BaseClient, name: str, asked: Any) -> Any:
        if name == "TransactWriteItems":
            told = [one.get("Item") or one["Key"] for write in asked["TransactItems"] for one in write.values()]
            written[-1] |= {f"{key['pk']['S']} {key['sk']['S']}" for key in told}
        return call(client, name, asked)

    call = BaseClient._make_api_call
    monkeypatch.setattr(BaseClient, "_make_api_call", noted)
    for page in range(3):
        written.append(set())
        importer.make(id, page)
    assert not written[0] & written[1]
    assert not written[1] & written[2]
    assert not written[0] & written[2]
