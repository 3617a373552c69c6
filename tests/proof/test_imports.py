"""Whoever dies over an import, and wherever: in the end each of its clients is there as a whole, and once."""

from collections.abc import Callable

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from kalit.kit.resources import Table
from tests.cloud import REGION
from tests.functions.campaigns.importer import Importer, rows, whole

from .faults import died_everywhere
from .system import System

NUMBER = 18  # clients: two transactions


@pytest.fixture(scope="module")
def importer(system: System) -> Importer:
    made = Importer(system.cloud, system.cloud.register("importer"))
    assert made.clients()["count"] == 0  # and this process knows the keys
    return made


def forget(importer: Importer) -> None:
    """No clients, no imports."""
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[importer.aws.ids[Table.CAMPAIGNS]]
    table.items.clear()


Act = Callable[[Importer, str], object]
STORIES: dict[str, tuple[list[Act], Act]] = {
    "starting": ([], Importer.start),
    "checking": ([Importer.start], Importer.check),
    "making": ([Importer.start, Importer.check], Importer.make),
}


@pytest.mark.parametrize("name", STORIES)
def test_an_import_is_finished_wherever_somebody_died(importer: Importer, name: str) -> None:
    before, act = STORIES[name]
    ids = [""]

    def prepare() -> None:
        forget(importer)
        ids.append(importer.create()["id"])
        importer.upload(ids[-1], rows(NUMBER))
        for earlier in before:
            earlier(importer, ids[-1])

    for death in died_everywhere(prepare, lambda: act(importer, ids[-1])):
        id = ids[-1]
        kept = importer.kept()
        assert kept == whole(kept["clients"]), str(death)
        importer.start(id)  # whoever asked asks again, and the machine tries its steps again
        for page in importer.check(id):
            importer.make(id, page)
        importer.make(id)
        assert importer.kept() == whole(NUMBER), str(death)
        shown = importer.show(id)
        assert (shown["state"], shown["imported"], shown["duplicate_count"]) == ("done", NUMBER, 0), str(death)
