import json
import re
from base64 import b64encode
from html import unescape
from typing import Any

import pytest

from infra import static
from kalit.accounts import key_store
from kalit.jobs.flower_words import WORDS
from kalit.kit.resources import Table
from kalit.kit.words import LANGUAGES
from tests.cloud import Answer, Cloud

from ..rows import change_ali, unchanged
from ..world import Clock

CHALLENGE = 'Basic realm="Kalit", charset="UTF-8"'
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def basic(name: str = "ali", password: str = "password123") -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def visit(aws: Cloud, authorization: str = "", accept: str = BROWSER, **headers: str) -> Answer:
    return aws.http("jobs.flower", headers={"authorization": authorization, "accept": accept, **headers})


def tokens(answer: Answer) -> Any:
    found = re.search(r'<meta name="tokens" content="([^"]*)">', answer.text)
    return json.loads(unescape(found[1])) if found else None


@pytest.fixture(autouse=True)
def _administrator(aws: Cloud, token: str) -> None:
    """Ali is an administrator."""
    change_ali(aws, role="admin")


def test_an_administrator_gets_the_page_and_tokens_that_work(aws: Cloud) -> None:
    answer = visit(aws, basic())
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    given = tokens(answer)
    assert aws.http("jobs.overview", token=given["access"]).status == 200
    assert set(aws.http("accounts.refresh", {"refresh": given["refresh"]}).json) == {"access"}


def test_the_first_token_of_all_may_be_given_here(aws: Cloud) -> None:
    [keys] = aws.rows(Table.KEYS)
    aws.table(Table.KEYS).delete_item(Key={"pk": keys["pk"], "sk": keys["sk"]})
    key_store._published.cache_clear()
    assert aws.http("jobs.overview", token=tokens(visit(aws, basic()))["access"]).status == 200


def test_his_session_is_one_that_he_may_see_and_end(aws: Cloud) -> None:
    visit(aws, basic(), **{"user-agent": "Night shift"})
    listed = aws.http("accounts.sessions", token=tokens(visit(aws, basic()))["access"]).json["data"]
    assert "Night shift" in [session["device"] for session in listed]


def test_a_monitor_that_runs_no_script_leaves_no_session_behind(aws: Cloud) -> None:
    with unchanged(aws):
        answer = visit(aws, basic(), accept="*/*")
    assert (answer.status, tokens(answer)) == (200, None)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic YWxp",
        "Basic OnBhc3N3b3JkMTIz",
        "Basic /w==",
        "Basic " + "A" * 10_001,
        "Bearer x",
        basic(password=""),
        basic(password="\x00"),
        basic(password="wrong"),
        basic("nobody"),
    ],
)
def test_whoever_says_not_who_he_is_is_asked(aws: Cloud, authorization: str) -> None:
    with unchanged(aws):
        answer = visit(aws, authorization)
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, CHALLENGE)
    assert '<form id="login" method="post">' in answer.text


def test_the_scheme_may_be_written_in_any_case(aws: Cloud) -> None:
    assert visit(aws, basic().replace("Basic", "basic")).status == 200


def test_a_wrong_password_is_called_so_and_none_is_not(aws: Cloud) -> None:
    told = '<p id="problem" role="alert">{}</p>'
    assert told.format("Wrong name or password.") in visit(aws, basic(password="wrong")).text
    assert told.format("") in visit(aws).text


@pytest.mark.parametrize("role", ["user", "manager"])
def test_who_is_no_administrator_is_told_so(aws: Cloud, role: str) -> None:
    change_ali(aws, role=role)
    with unchanged(aws):
        answer = visit(aws, basic())
    assert answer.status == 403
    assert "WWW-Authenticate" not in answer.headers
    assert '<p id="problem" role="alert">This account is not an administrator&#x27;s.</p>' in answer.text
    assert '<form id="login" method="post">' in answer.text


def test_who_has_no_password_of_his_own_is_sent_to_set_one_and_has_not_used_it_up(aws: Cloud) -> None:
    change_ali(aws, must_change_password=True, one_time_until="2030-01-01T00:00:00.000Z")
    with unchanged(aws):
        answer = visit(aws, basic())
    assert answer.status == 403
    assert '<p id="first"><a href="/login/"' in answer.text


def test_an_account_that_is_not_active_is_as_unknown_as_any(aws: Cloud) -> None:
    change_ali(aws, is_active=False)
    assert visit(aws, basic()).status == 401


def test_ten_failures_close_the_account_for_this_address(aws: Cloud, clock: Clock) -> None:
    for _ in range(10):
        assert visit(aws, basic(password="wrong")).status == 401
    answer = visit(aws, basic())
    assert (answer.status, answer.headers["Retry-After"]) == (429, "900")
    assert "Too many failed tries. Try again in 900 s." in answer.text
    assert visit(aws, basic(), **{"x-kalit-address": "192.0.2.7"}).status == 200
    clock.move(minutes=15, seconds=1)
    assert visit(aws, basic()).status == 200


def test_its_failures_are_those_of_the_other_ways_in(aws: Cloud) -> None:
    for _ in range(10):
        aws.http("accounts.token", {"username": "ali", "password": "wrong"})
    assert visit(aws, basic()).status == 429


def test_nothing_secret_is_shown_to_who_is_refused(aws: Cloud) -> None:
    password = "a password that is none of theirs"
    for answer in (visit(aws), visit(aws, basic(password=password)), visit(aws, basic("someone", password))):
        assert tokens(answer) is None
        assert password not in answer.text
        assert "eyJ" not in answer.text
    change_ali(aws, role="user")
    assert "eyJ" not in visit(aws, basic()).text


@pytest.mark.parametrize(("language", "title"), [("", "Jobs"), ("uz-UZ", "Vazifalar"), ("ru-RU,ru;q=0.9", "Задания")])
def test_it_speaks_the_browsers_language(aws: Cloud, language: str, title: str) -> None:
    answer = visit(aws, **{"accept-language": language})
    assert f'<span data-say="title">{title}</span>' in answer.text
    assert f'<html lang="{language[:2] or "en"}">' in answer.text
    assert f'data-value="{language[:2] or "en"}" aria-pressed="true"' in answer.text


def test_it_brings_its_words_in_all_languages(aws: Cloud) -> None:
    [data] = re.findall(r'<script id="words" type="application/json">(.*?)</script>', visit(aws).text)
    words = json.loads(data)
    assert set(words) == set(WORDS)
    for key, told in words.items():
        names = {language: set(re.findall(r"{\w+}", told[language] or told["default"])) for language in LANGUAGES}
        assert told["ru"], key
        assert told["uz"], key
        assert len(set(map(frozenset, names.values()))) == 1, key


def test_every_word_is_said_somewhere() -> None:
    """By its key in the scripts or in the page; columns and states name theirs."""
    scripts = b"".join(text for name, text in static.files().items() if name.endswith(".mjs")).decode()
    page = (static.ROOT / "layers/kalit/python/kalit/jobs/flower_page.py").read_text()
    door = (static.ROOT / "functions/jobs/flower.py").read_text()
    unsaid = [key for key in WORDS if not re.search(rf"""["']{key}["']""", scripts + page + door)]
    assert unsaid == []
    said = re.findall(r'\bsay\("(\w+)"', scripts)
    assert set(said) <= set(WORDS)


def test_no_script_runs_but_its_own_files(aws: Cloud) -> None:
    answer = visit(aws, basic())
    scripts = re.findall(r"<script([^>]*)>", answer.text)
    folder = re.escape("/" + static.folder(static.files()))
    assert [bool(re.fullmatch(rf' src="{folder}[\w-]+\.mjs" type="module"', told)) for told in scripts] == [True, False]
    assert scripts[1] == ' id="words" type="application/json"'
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert "style=" not in answer.text
    assert not re.search(r"\son\w+=", answer.text)


def test_ticks_that_went_well_are_left_out_of_its_list_of_jobs(aws: Cloud) -> None:
    admin = tokens(visit(aws, basic()))["access"]
    aws.call("jobs.run_recurring", json.loads((static.ROOT / "events/jobs/run_recurring.json").read_text()))
    for query, names in (({}, ["jobs.run_recurring"]), ({"ticks": "failed"}, [])):
        listed = aws.http("jobs.list", token=admin, query=query).json
        assert ([job["name"] for job in listed["results"]], listed["count"]) == (names, len(names))
