import base64
import json

from kalit.kit.resources import Bucket

from .importer import Importer


def test_an_import_begins_with_a_form_that_takes_its_file(importer: Importer) -> None:
    told = importer.create()
    assert told["expires_at"] == "2026-01-05T12:15:00.000Z"
    policy = json.loads(base64.b64decode(told["upload"]["fields"]["policy"]))
    assert ["content-length-range", 1, 20 * 1024 * 1024] in policy["conditions"]
    assert {"key": f"{told['id']}/clients.csv"} in policy["conditions"]
    assert {"bucket": importer.aws.ids[Bucket.IMPORTS]} in policy["conditions"]
    assert {"Content-Type": "text/csv"} in policy["conditions"]
    assert told["upload"]["fields"]["key"] == f"{told['id']}/clients.csv"


def test_it_waits_for_its_file(importer: Importer) -> None:
    shown = importer.show(importer.create()["id"])
    assert (shown["state"], shown["rows"], shown["imported"]) == ("waiting", None, 0)
    assert (shown["errors"], shown["duplicates"], shown["started_at"]) == ([], [], None)


def test_who_is_not_logged_in_imports_nothing(importer: Importer) -> None:
    assert importer.aws.http("campaigns.create_import").status == 401
