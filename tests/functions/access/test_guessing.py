"""Who guesses waits, whatever he guesses and wherever from; who lives there comes in meanwhile."""

import json
from functools import partial
from unittest import mock

import pytest

from kalit.locks.access import guess_store

from ..locks.yard import Yard
from ..world import Killed, at_once, killed_after, meanwhile, sent_twice, throttled, upset
from .keypad import DENIED, HOME, Keypad

pytestmark = pytest.mark.long  # guesses until nobody looks at them any more

ELSEWHERE = "203.0.113.9"
WAIT = "Too many wrong codes. The next one is looked at in {} seconds; the app opens the lock meanwhile."


FREE = 3  # wrong codes that cost no pause here; there are ten where nobody says otherwise


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFY_LIMIT", f"{10 * FREE}")


def guess(keypad: Keypad, times: int, address: str = ELSEWHERE, kind: str = "pin") -> list[int]:
    """How guesses a second apart are answered."""
    return [keypad.again(kind, f"{1000 + n}", address=address).status for n in range(times)]


def test_the_eleventh_wrong_code_is_not_looked_at(yard: Yard, keypad: Keypad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VERIFY_LIMIT")
    keypad.pin("482913")
    assert guess(keypad, 10) == [401] * 10
    answer = keypad.again("pin", "1010", address=ELSEWHERE)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "29")
    assert answer.json == DENIED | {"error": {"message": WAIT.format(29), "code": 429}}
    assert keypad.tries[-1] == ("pin", False, "too many guesses")
    assert len(yard.log) == 10


def test_a_right_code_is_answered_like_a_wrong_one_while_nobody_looks(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    keypad.card("48291355")
    guess(keypad, FREE)
    guess(keypad, FREE, kind="nfc")
    told = []
    for kind, value in (("pin", "482913"), ("pin", "482914"), ("nfc", "48291355"), ("nfc", "48291356"), ("pin", "x")):
        answer = keypad.show(kind, value, address=ELSEWHERE)
        told.append((kind, answer.status, answer.text, sorted(answer.headers.items())))
    assert {status for _, status, _, _ in told} == {429}
    assert len({str(one) for one in told}) == 2, "one answer of each kind"


def test_pauses_double_and_a_right_code_comes_in_when_they_are_over(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    guess(keypad, FREE)
    for pause in (30, 60, 120):
        yard.clock.move(seconds=pause - 2)
        assert guess(keypad, 2) == [429, 401]
    yard.clock.move(seconds=240)
    assert keypad.opens("pin", "482913")


def test_right_codes_are_not_counted_and_take_nothing_back(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    guess(keypad, FREE - 1)
    assert [keypad.again("pin", "482913", address=ELSEWHERE).status for _ in range(3)] == [200] * 3
    assert guess(keypad, 2, "203.0.113.10") == [401, 429]


def test_a_code_that_does_not_open_now_is_no_guess(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913", max_usage=1)
    assert [keypad.again("pin", "482913").status for _ in range(6)] == [200] + [403] * 5
    assert keypad.again("pin", "1111").status == 401


def test_addresses_by_the_hundred_gain_nothing(yard: Yard, keypad: Keypad) -> None:
    answers = [keypad.again("pin", f"{1000 + n}", address=f"203.0.113.{n}").status for n in range(6)]
    assert answers == [401] * FREE + [429] * 3


def test_who_lives_there_comes_in_meanwhile(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    assert keypad.show("pin", "482913", address=HOME).status == 200
    assert guess(keypad, FREE + 1)[-1] == 429
    assert keypad.again("pin", "482913", address=ELSEWHERE).status == 429
    assert keypad.again("pin", "482913", address=HOME).status == 200
    assert yard.ask("unlock", {}).status == 200


def test_a_guest_far_away_moves_the_home_of_a_lock_only_by_coming_in(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    keypad.show("pin", "482913", address=HOME)
    guess(keypad, FREE)
    assert keypad.again("pin", "482913", address=HOME).status == 200
    assert guess(keypad, FREE + 1, HOME) == [401] * FREE + [429], "at home they are counted by themselves"
    assert keypad.again("pin", "482913", address=HOME).status == 429


def test_where_a_lock_is_opened_from_is_kept_hashed(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    keypad.show("pin", "482913", address=HOME)
    assert HOME not in str(yard.thing)


def test_an_address_that_nobody_knows_is_no_home(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    assert keypad.show("pin", "482913", address="").status == 200
    guess(keypad, FREE)
    assert keypad.again("pin", "482913", address="").status == 429


def test_of_another_lock_nothing_is_counted(yard: Yard, keypad: Keypad) -> None:
    guess(keypad, FREE + 1)
    yard.ask("delete")
    yard.registered = yard.register(by="stranger").json["data"]
    assert guess(keypad, 1) == [401]


@pytest.mark.parametrize("kind", ["pin", "nfc"])
def test_a_look_is_not_free_because_it_failed(yard: Yard, keypad: Keypad, kind: str) -> None:
    for _ in range(FREE):
        with upset("Query", throttled):
            assert keypad.again(kind, "48291399").status in (500, 503)
    [row] = yard.rows(f"DEVICE#{yard.id} GUESSES#")
    assert (row["missed"], row.get("tries")) == (FREE, None)
    assert guess(keypad, 1, kind=kind) == [429]


@pytest.mark.parametrize(("operation", "after"), [("PutItem", 0), ("UpdateItem", 0), ("UpdateItem", 1)])
def test_what_is_sent_twice_is_taken_and_counted_once(yard: Yard, keypad: Keypad, operation: str, after: int) -> None:
    """The mark of the signature, the place, and the count, or that the place is free."""
    keypad.pin("482913")
    for code, status in (("482913", 200), ("1111", 401)):
        yard.clock.move(seconds=1)
        with upset(operation, sent_twice, after=after):
            assert keypad.show("pin", code).status == status
    assert keypad.tries == [("pin", True, ""), ("pin", False, "unknown")]
    told = {row["sk"]: (row.get("missed", 0), row.get("tries")) for row in yard.rows(f"DEVICE#{yard.id} GUESSES#")}
    assert sorted(told.values()) == [(0, None), (1, None)]


def test_who_dies_on_the_way_holds_a_place_for_half_a_minute(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    guess(keypad, FREE - 1)
    with upset("Query", killed_after), pytest.raises(Killed):
        keypad.again("pin", "1111", address=ELSEWHERE)
    yard.clock.move(seconds=28)
    with mock.patch.object(guess_store, "PATIENCE", 0.1):
        answer = keypad.again("pin", "482913", address=ELSEWHERE)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    yard.clock.move(seconds=1)
    assert keypad.again("pin", "482913", address=ELSEWHERE).status == 200


def test_a_place_that_cannot_be_given_back_keeps_nobody_out(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    with upset("UpdateItem", throttled, after=1):
        assert keypad.show("pin", "482913").status == 200
    [row] = yard.rows(f"DEVICE#{yard.id} GUESSES#")
    assert len(row["tries"]) == 1
    yard.clock.move(seconds=31)
    assert keypad.show("pin", "482913").status == 200
    assert "tries" not in yard.rows(f"DEVICE#{yard.id} GUESSES#")[0]


def test_a_place_is_taken_by_what_was_counted_last(yard: Yard, keypad: Keypad, calls: list[str]) -> None:
    """One that is forgotten and one that is new make the same number, and not the same state."""
    guess(keypad, 1)
    yard.clock.move(hours=1)
    calls.clear()
    with upset("UpdateItem", meanwhile(lambda: guess(keypad, 1))):
        assert guess(keypad, 1) == [401]
    assert calls.count("UpdateItem") == 5, "two by each, and one in vain"
    assert yard.rows(f"DEVICE#{yard.id} GUESSES#")[0]["missed"] == 2


def test_of_many_at_once_when_one_may_be_tried_one_is(yard: Yard, keypad: Keypad) -> None:
    guess(keypad, FREE)
    yard.clock.move(seconds=40)
    now = int(yard.clock.now.timestamp())
    acts = [partial(keypad.show, "pin", f"{2000 + n}", timestamp=str(now + n), address=ELSEWHERE) for n in range(12)]
    assert sorted(answer.status for answer in at_once(acts)) == [401] + [429] * 11


def test_right_ones_wait_for_their_turn_among_each_other(yard: Yard, keypad: Keypad) -> None:
    """After so many wrong ones a single code is tried at a time; those who come at once all come in."""
    keypad.pin("482913")
    guess(keypad, FREE)
    yard.clock.move(seconds=40)
    now = int(yard.clock.now.timestamp())
    acts = [partial(keypad.show, "pin", "482913", timestamp=str(now + n), address=ELSEWHERE) for n in range(6)]
    assert [answer.status for answer in at_once(acts)] == [200] * 6


# Who is told of it


@pytest.fixture
def patient(few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that looks at whatever is shown to it."""
    monkeypatch.setenv("VERIFY_LIMIT", "1000")


@pytest.mark.usefixtures("patient")
def test_five_that_failed_within_a_quarter_of_an_hour_are_told_of_once(yard: Yard, keypad: Keypad) -> None:
    def told() -> int:
        return yard.attacks.count(("BRUTE_FORCE", "HIGH"))

    seen = []
    for n in range(8):
        keypad.again("pin", f"{1000 + n}")
        seen.append(told())
    assert seen == [0] * 4 + [1] * 4
    [letter] = yard.letters()
    assert letter["to"] == "owner@example.com"
    [event] = [event for event in yard.events if event["event_type"] == "BRUTE_FORCE"]
    assert (event["device"], event["owner"]) == (yard.id, yard.people["owner"])
    assert "100" not in json.dumps(letter["body"])


@pytest.mark.usefixtures("patient")
def test_failures_of_all_kinds_add_up(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913", valid_from="2026-01-06T00:00:00Z")
    tries = [("pin", "482913"), ("nfc", "04A35B1C"), ("qr", "nonsense"), ("pin", "1111"), ("pin", "482913")]
    for kind, value in tries:
        assert ("BRUTE_FORCE", "HIGH") not in yard.attacks
        keypad.again(kind, value)
    assert ("BRUTE_FORCE", "HIGH") in yard.attacks


@pytest.mark.usefixtures("patient")
def test_openings_between_them_do_not_count(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    for n in range(4):
        keypad.again("pin", f"{1000 + n}")
        keypad.again("pin", "482913")
    assert ("BRUTE_FORCE", "HIGH") not in yard.attacks
    keypad.again("pin", "1111")
    assert ("BRUTE_FORCE", "HIGH") in yard.attacks


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(("minutes", "told"), [(14, True), (16, False)])
def test_those_of_long_ago_do_not_count(yard: Yard, keypad: Keypad, minutes: int, told: bool) -> None:
    guess(keypad, 4)
    yard.clock.move(minutes=minutes)
    keypad.again("pin", "1111")
    assert (("BRUTE_FORCE", "HIGH") in yard.attacks) is told


@pytest.mark.usefixtures("patient")
def test_who_goes_on_is_told_of_again_in_another_quarter(yard: Yard, keypad: Keypad) -> None:
    guess(keypad, 6)
    yard.clock.move(minutes=14)
    guess(keypad, 1)
    assert yard.attacks.count(("BRUTE_FORCE", "HIGH")) == 1
    yard.clock.move(minutes=2)
    guess(keypad, 5)
    assert yard.attacks.count(("BRUTE_FORCE", "HIGH")) == 2
    assert len(yard.letters()) == 1, "a letter an hour"


def test_codes_that_do_not_open_never_silence_tampering(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913", max_usage=1)
    letters = []
    for _ in range(28):
        keypad.again("pin", "482913")
        letters += [letter["subject"] for letter in yard.letters()]
    assert len(letters) == 1, "one an hour, however many tries"
    yard.hear("alert", type="tamper")
    assert len(yard.letters()) == 1


def test_of_many_there_is_one_event_a_quarter_of_an_hour(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913", max_usage=1)
    for _ in range(9):
        keypad.again("pin", "482913")
    assert yard.attacks.count(("BRUTE_FORCE", "HIGH")) == 1
    assert sum(row["outbox"] == "notice" for row in yard.rows("NOTICE#")) == 1


@pytest.mark.parametrize("kind", ["pin", "nfc", "qr"])
def test_what_does_not_open_is_recorded_so_often_and_no_more(yard: Yard, keypad: Keypad, kind: str) -> None:
    code = {"pin": "482913", "nfc": "04:A3:5B:1C"}.get(kind) or keypad.qr()["code"]
    if kind != "qr":
        (keypad.pin if kind == "pin" else keypad.card)(code, max_usage=1)
    answers = [keypad.again(kind, code).status for _ in range(10 * FREE + 3)]
    assert answers == [200] + [403] * (10 * FREE) + [429] * 2
    assert len(keypad.tries) == 10 * FREE + 1


def test_that_a_scan_must_wait_is_not_said_again_under_its_key(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr()

    def scan(says: str) -> int:
        return yard.ask("access.scan_qr", {"code": says}, id=code["id"], key=says).status

    assert [scan(f"wrong {n}") for n in range(FREE + 1)] == [200] * FREE + [429]
    yard.clock.move(minutes=1)
    assert scan(f"wrong {FREE}") == 200


def test_who_forges_fills_no_record_and_raises_one_alert_an_hour(yard: Yard, keypad: Keypad) -> None:
    for n in range(40):
        keypad.again("pin", "482913", signature="00", address=f"203.0.113.{n}")
    assert len(keypad.tries) == 20
    assert yard.attacks == [("INVALID_SIGNATURE", "HIGH")]


def test_strangers_forgeries_make_nobodys_typo_an_attack(yard: Yard, keypad: Keypad) -> None:
    for n in range(6):
        keypad.again("pin", "482913", signature="00", address=f"203.0.113.{n}")
    keypad.again("pin", "1111")
    assert ("BRUTE_FORCE", "HIGH") not in yard.attacks


def test_five_networks_are_known_and_none_is_pushed_out(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    for n in range(7):
        assert keypad.again("pin", "482913", address=f"203.0.113.{n}").status == 200
    assert guess(keypad, FREE + 1, "198.51.100.1") == [401] * FREE + [429]
    opened = [keypad.again("pin", "482913", address=f"203.0.113.{n}").status for n in range(7)]
    assert opened == [200] * 5 + [429] * 2
    yard.clock.move(days=31)
    assert keypad.again("pin", "482913", address="203.0.113.6").status == 200
    assert guess(keypad, FREE + 1, "198.51.100.1")[-1] == 429
    assert keypad.again("pin", "482913", address="203.0.113.6").status == 200, "those of last month are forgotten"


def test_a_hardware_id_that_looks_like_anothers_uuid_takes_nothing_over(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    squatted = yard.register(yard.id.upper(), by="stranger")
    assert squatted.status == 201, squatted.text
    assert keypad.again("pin", "482913", name=yard.id.upper()).status == 200
