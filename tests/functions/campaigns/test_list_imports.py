from typing import Any

from ..rows import change_ali
from ..world import Clock
from .importer import ALI, Importer


def listed(importer: Importer, **query: str) -> Any:
    return importer.aws.http("campaigns.list_imports", token=importer.token, query=query)


def test_imports_are_listed_the_newest_first(importer: Importer, clock: Clock) -> None:
    first = importer.run([ALI])["id"]
    clock.move(seconds=1)
    second = importer.begun([ALI])
    told = listed(importer).json
    assert told["count"] == 2
    assert [(one["id"], one["state"], one["imported"]) for one in told["results"]] == [
        (second, "checking", 0),
        (first, "done", 1),
    ]
    assert "errors" not in told["results"][0]


def test_each_sees_his_own_and_staff_all(importer: Importer, stranger: Importer) -> None:
    importer.create()
    stranger.create()
    assert [listed(one).json["count"] for one in (importer, stranger)] == [1, 1]
    change_ali(importer.aws, role="manager")
    assert listed(importer).json["count"] == 2


def test_there_is_no_page_behind_the_last(importer: Importer) -> None:
    assert listed(importer, page="2").status == 404
    assert listed(importer).json["results"] == []
