import pytest

from ..rows import change_ali
from .importer import ALI, Importer


def test_an_import_is_shown_with_what_was_wrong_in_the_language_asked_for(importer: Importer) -> None:
    id = importer.begun([ALI, "12,90,vip,UTC"])
    importer.check(id)
    told = {language: importer.show(id, language)["errors"][0]["message"] for language in ("uz", "ru", "en")}
    assert told["en"] == "A phone must have at least 10 digits."
    assert len(set(told.values())) == 3


def test_it_is_shown_to_its_owner_and_to_staff(importer: Importer, stranger: Importer) -> None:
    id = stranger.run([ALI])["id"]
    assert importer.aws.http("campaigns.show_import", token=importer.token, id=id).status == 404
    change_ali(importer.aws, role="manager")
    assert importer.show(id)["imported"] == 1


@pytest.mark.parametrize("id", ["019c1f3e-6a35-7cb5-9b66-0a54cf0d1a11", "7", "x"])
def test_what_is_not_there_is_not_shown(importer: Importer, id: str) -> None:
    assert importer.aws.http("campaigns.show_import", token=importer.token, id=id).status == 404


def test_nobody_is_shown_one_without_logging_in(importer: Importer) -> None:
    assert importer.aws.http("campaigns.show_import", id=importer.create()["id"]).status == 401
