"""The arithmetic of `make bench`: prices, units, tables, charts, and what is told to the peers. Nothing is timed."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jwt
import pytest

from infra.catalog import ROOT, catalog
from tests.speed import prices, report
from tests.speed.beside import DOORS, MODULES, PEERS, SHARED, TEN, Candidate, median, rest, theirs
from tests.speed.charts import Bar, bars
from tests.speed.fleet import share_of_writes
from tests.speed.prices import Used, Work
from tests.speed.recording import Exchange, Recorded, operation, units
from tests.speed.wire import Script

DECLARED = {door.name: door for door in catalog()}
JSON = "application/x-amz-json-1.0"


def exchange(name: str, asked: str, said: str = "{}") -> Exchange:
    return Exchange(f"DynamoDB_20120810.{name}", asked, 200, JSON, said)


GET = '{"TableName": "t", "Key": {"pk": {"S": "%s"}}, "ConsistentRead": true}'


def results() -> dict[str, Any]:
    """As a run leaves them, with figures that say where they come from."""
    measures = (
        "cold_ms",
        "import_ms",
        "first_ms",
        "warm_us",
        "kernel_us",
        "rss_mb",
        "modules",
        "log_bytes",
        "answer_bytes",
    )
    names = [*DOORS, *(f"{peer}, {door}" for door in SHARED for peer in PEERS)]
    names.append(f"{report.BARE}, {report.BARE_DOOR}")
    return {
        "at": "2026-01-05",
        "rounds": 3,
        "ten": TEN,
        "machine": "a machine",
        "measured": {name: {key: [100.0 + n, 90.0, 200.0] for key in measures} for n, name in enumerate(names)},
        "used": {
            name: {"calls": {"dynamodb.GetItem": 2, "kms.Sign": 1}, "reads": 2.0, "writes": 0.0} for name in DOORS
        },
        "sizes": {"layer: vendor": 12_000_000, "layer: kalit": 1_000_000, **dict.fromkeys(DECLARED, 700)},
    }


def test_a_request_costs_what_its_parts_cost() -> None:
    used = Used(calls=3, reads=2, writes=4, by_call={"kms.Sign": 1, "kms.GenerateMac": 1, "iot.Publish": 1})
    work = Work(warm_ms=2, cold_ms=400, log_bytes=300, answer_bytes=1_000)
    bill = prices.dollars(DECLARED["tasks.show"], work, used)
    assert bill == pytest.approx(
        {
            "trigger": 1.10 + 1.00 + 0.085,
            "Lambda": 0.20 + 0.035 * 0.5 * 13.3334,  # 2 ms of 0.29 processors, three calls of 8 ms, 4 ms of starts
            "DynamoDB": 2 * 0.125 + 4 * 0.625,
            "other calls": 15.0 + 3.0 + 1.0,
            "log": 0.5,  # a KB a request
            "traces": 0.725,
        }
    )


def test_more_memory_makes_a_request_shorter_until_it_has_a_whole_processor() -> None:
    work = Work(warm_ms=10, cold_ms=0, log_bytes=0, answer_bytes=0)
    assert [prices.duration(work, 0, memory) for memory in (512, 1024, 1769, 3008)] == [35, 18, 10, 10]


def test_calls_of_queues_and_locks_are_paid_by_their_own_triggers() -> None:
    used, work = Used(0, 0, 0, {}), Work(1, 1, 0, 5_000)
    assert prices.dollars(DECLARED["tasks.sum"], work, used)["trigger"] == pytest.approx(0.80)
    assert prices.dollars(DECLARED["locks.hear_heartbeat"], work, used)["trigger"] == pytest.approx(1.30)


def test_the_budget_is_believed_before_the_recording(tmp_path: Path) -> None:
    recorded: Mapping[str, Any] = {"calls": {"dynamodb.GetItem": 1, "kms.Sign": 2}, "reads": 1.0, "writes": 0.0}
    file = tmp_path / "budget.csv"
    assert prices.used("tasks.show", recorded, prices.budget(file)) == Used(3, 1.0, 0.0, {"kms.Sign": 2})
    file.write_text("door,calls,reads,writes\ntasks.show,5,2.5,9\n")
    assert prices.used("tasks.show", recorded, prices.budget(file)) == Used(5, 2.5, 9.0, {"kms.Sign": 2})
    assert prices.used("tasks.list", recorded, prices.budget(file)).calls == 3


def test_units_are_counted_by_the_sizes_of_rows() -> None:
    large = '{"Item": {"pk": {"S": "%s"}}}' % ("x" * 5_000)
    row = '{"pk": {"S": "%s"}}' % ("x" * 1_500)
    asked = f'{{"TransactItems": [{{"Put": {{"Item": {row}}}}}, {{"Update": {{}}}}]}}'
    assert units([exchange("GetItem", GET % "a", large)]) == (2, 0)
    assert units([exchange("Query", '{"TableName": "t"}', '{"Items": []}')]) == (0.5, 0)
    assert units([exchange("TransactWriteItems", asked)]) == (0, 6)


def test_calls_are_named_by_their_service() -> None:
    told = {
        "TrentService.Sign": "kms.Sign",
        "POST /topics/lock": "iot.Publish",
        "DynamoDB_20120810.Query": "dynamodb.Query",
    }
    assert {target: operation(Exchange(target, "", 200, JSON, "{}")) for target in told} == told


def test_the_wire_answers_what_was_recorded_and_what_is_like_it() -> None:
    script = Script([exchange("GetItem", GET % "a", "1"), exchange("GetItem", GET % "b", "2")])
    told = [script.answer("DynamoDB_20120810.GetItem", GET % key) for key in ("b", "b", "a")]
    assert [answer.said for answer in told if answer] == ["2", "2", "1"]
    assert script.answer("DynamoDB_20120810.GetItem", GET % "never seen")
    assert script.answer("DynamoDB_20120810.Query", "{}") is None


def test_a_peer_is_asked_the_same_with_a_token_that_holds(tmp_path: Path) -> None:
    token = jwt.encode({"sub": "ali", "exp": 1}, "a secret that nobody believes in any more", "HS256")
    event = {
        "routeKey": "GET /api/tasks/{id}",
        "rawPath": "/api/tasks/1",
        "headers": {"authorization": f"Bearer {token}"},
        "requestContext": {"http": {"method": "GET", "sourceIp": "127.0.0.1"}, "requestId": "r"},
        "pathParameters": {"id": "1"},
    }
    visit = Recorded("tasks.show", event, datetime.now(UTC), {"TABLE_TASKS": "t"})
    peer: Candidate = theirs("FastAPI + Mangum", visit, tmp_path)
    claims = jwt.decode(
        peer.event["headers"]["authorization"].removeprefix("Bearer "),
        jwt.PyJWK.from_json(peer.variables["JWT_KEY"]).key,
        algorithms=["ES256"],
    )
    assert claims["sub"] == "ali"
    assert claims["exp"] > time.time()
    assert rest(event)["requestContext"]["resourcePath"] == "/api/tasks/{id}"
    assert rest(event)["httpMethod"] == "GET"


def test_every_peer_has_its_file() -> None:
    folder = ROOT / "tests" / "speed" / "peers"
    assert {path.stem for path in folder.glob("*_app.py")} == set(MODULES.values())
    assert tuple(PEERS) == report.PEERS


def test_there_are_ten_operations_and_each_has_a_trigger_with_a_price() -> None:
    assert len(set(TEN)) == 10
    assert {DECLARED[name].kind for name in DOORS} <= set(prices.TRIGGERS)


def test_a_median_is_told_with_its_extremes() -> None:
    assert median([{"cold_ms": 3.0}, {"cold_ms": 1.0}, {"cold_ms": 8.0}]) == {"cold_ms": (3.0, 1.0, 8.0)}


def test_the_page_has_a_place_for_every_table() -> None:
    text = report.PAGE.read_text()
    assert all(f"<!-- {name} -->" in text and f"<!-- /{name} -->" in text for name in report.SECTIONS)


def test_a_run_fills_the_page_and_fills_it_again() -> None:
    once = report.filled(report.PAGE.read_text(), results())
    assert "| a task shown, cold CPU | at most 0.65 of FastAPI + Mangum's | 0.90 | **missed** |" in once
    assert "13.00 MB | at most 15 MB: reached" in once
    assert report.filled(once, results()) == once


def test_charts_are_drawn_to_scale() -> None:
    drawn = ElementTree.fromstring(
        bars("Cold & warm", "ms", [Bar("a", 50, 40, 100, True), Bar("b", 25, 20, 50, False)])
    )
    first, second = (float(one.attrib["width"]) for one in drawn if one.tag.endswith("rect"))
    assert first == pytest.approx(2 * second)
    assert len(report.charts(results())) == 3


def test_a_marker_that_names_no_table_is_refused() -> None:
    with pytest.raises(KeyError):
        report.filled("<!-- nothing -->\n<!-- /nothing -->", results())


def test_the_slower_a_lock_beats_the_more_of_its_beats_are_written() -> None:
    shares = [share_of_writes(seconds) for seconds in (5, 25, 60, 600)]
    assert shares == sorted(set(shares)), shares
    assert 0 < shares[0] < 0.1, "a fast lock is written once a minute or so"
    assert shares[-1] == 1, "what comes seldom is written each time"
