"""The page on which whoever is on call watches jobs: by mouse and keyboard, on a laptop and on a phone."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser import work
from tests.browser.conftest import PICTURES
from tests.browser.window import Window
from tests.running import ADMIN_PASSWORD, Local, eventually

ADMIN = {"username": "admin", "password": ADMIN_PASSWORD}
PHONE = {"viewport": {"width": 360, "height": 780}, "device_scale_factor": 2}
Open = Callable[..., Window]


@pytest.fixture
def opened(browser: Browser, local: Local) -> Iterator[Open]:
    """Opens the page in a browser of some kind; an administrator's, unless it is told otherwise."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:

        def open_(path: str = "/flower", **options: Any) -> Window:
            told = {"viewport": {"width": 1280, "height": 900}, "http_credentials": ADMIN, "locale": "en-GB", **options}
            made = browser.new_context(base_url=local.url, timezone_id="Asia/Tashkent", **told)
            window = Window(stack.enter_context(made).new_page(), local.url, PICTURES)
            if told["http_credentials"] is None:
                window.page.route("**/flower*", _dialog_cancelled)
            window.page.goto(path)
            return window

        yield open_


def _dialog_cancelled(route: Route) -> None:
    """Without a window nobody can cancel the browser's dialog; then the page comes as if it had been."""
    answer = route.fetch()
    headers = {name: value for name, value in answer.headers.items() if name != "www-authenticate"}
    route.fulfill(response=answer, headers=headers)


def shown(window: Window) -> dict[str, dict[str, str]]:
    """Queue -> figure -> what the page says of it."""
    told: dict[str, dict[str, str]] = window.page.locator("#queues tbody tr").evaluate_all(
        """rows => Object.fromEntries(rows.map(row => [row.dataset.key, Object.fromEntries(
             [...row.querySelectorAll("td")].map(cell => [cell.dataset.name, cell.textContent]))]))"""
    )
    return told


def figures(overview: Any) -> dict[str, dict[str, str]]:
    """The same as the API tells it; ages, which grow meanwhile, are left out."""
    return {
        queue["name"]: {
            **{name: str(queue["depth"][name]) if queue["depth"] else "–" for name in ("waiting", "in_flight")},
            **{state: str(queue[state]) for state in ("pending", "running", "retrying", "dead", "completed")},
            "success_rate": "–" if queue["success_rate"] is None else f"{round(queue['success_rate'] * 100, 1):g}%",
        }
        for queue in overview["queues"]
    }


def log_in(window: Window, username: str, password: str) -> None:
    window.page.get_by_label("Username").fill(username)
    window.page.get_by_label("Password").fill(password)
    window.page.get_by_role("button", name="Log in").click()


def refreshed(window: Window) -> None:
    """Wait until the page has asked anew."""
    with window.page.expect_response("**/api/jobs/overview/"):
        pass
    window.page.wait_for_timeout(200)


@pytest.mark.long
def test_it_shows_the_figures_that_the_api_tells(opened: Open, local: Local) -> None:
    admin, user = work.administrator(local), local.user()
    jobs = [
        admin.post("/api/sms/send/", {"phone": "+998901234567"}).json()["task_id"],
        admin.post("/api/jobs/task_1/", {"num": 7}).json()["task_id"],
    ]
    user.finished(user.create("sum", numbers=[1, 2, 3])["id"])
    user.finished(user.create("countdown", seconds=1)["id"])
    work.dead_sum(local)
    for job in jobs:
        work.ended(admin, job)
    window = opened()
    expect(window.page.locator("#queues")).to_be_visible()

    def alike() -> bool:
        told = figures(admin.get("/api/jobs/overview/").json())
        page = shown(window)
        return told == {name: {key: page[name][key] for key in told[name]} for name in told}

    eventually(alike)
    overview = admin.get("/api/jobs/overview/").json()
    dead = sum(queue["dead"] for queue in overview["queues"])
    expect(window.page.locator("#glance strong").first).to_have_text(f"Dead: {dead}")
    expect(window.page.locator("#schedules tbody tr")).to_have_count(len(overview["schedules"]))
    assert (window.complaints, window.strangers) == ([], [])
    assert not window.scrolls_sideways


def test_a_dead_job_is_sent_again_and_done(opened: Open, local: Local) -> None:
    admin, id = work.administrator(local), work.dead_sum(local)
    window = opened()
    window.page.locator(f"[data-do=retry][data-job='{id}']").click()
    expect(window.page.get_by_role("status")).to_have_text("Sent again: sum.")
    assert work.ended(admin, id)["tries"] == 1
    expect(window.page.locator(f"#dead [data-key='{id}']")).to_have_count(0)
    expect(window.page.locator(f"#recent [data-key='{id}'] .badge")).to_have_text("Completed")
    assert window.complaints == []


def test_all_dead_jobs_of_a_queue_are_sent_again_once_that_is_confirmed(opened: Open, local: Local) -> None:
    admin, ids = work.administrator(local), [work.dead_sum(local), work.dead_sum(local)]
    window = opened()
    retry_all = window.page.locator("[data-do='retry-all'][data-queue='sum']")
    dialog = window.page.get_by_role("dialog")
    retry_all.click()
    expect(dialog).to_contain_text("Send all dead jobs of sum again?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert [work.job(admin, id)["state"] for id in ids] == ["dead", "dead"]
    retry_all.click()
    dialog.get_by_role("button", name="Retry all").click()
    expect(window.page.get_by_role("status")).to_have_text("The dead jobs of sum are being sent again.")
    for id in ids:
        work.ended(admin, id)
    expect(window.page.locator("#dead [data-queue='sum']")).to_have_count(0)
    assert window.complaints == []


def test_a_jobs_details_tell_its_attempts(opened: Open, local: Local) -> None:
    id = work.dead_sms(local)
    window = opened()
    window.page.locator(f"#dead [data-do=open][data-job='{id}']").click()
    details = window.page.get_by_role("complementary")
    expect(details.get_by_role("heading", name="sms")).to_be_focused()
    told = work.job(work.administrator(local), id)
    expect(details).to_contain_text(id)
    expect(details).to_contain_text(told["request_id"])
    expect(details).to_contain_text(f"account {told['asked_by']}")
    expect(details.get_by_role("listitem").first).to_contain_text(told["attempts"][0]["error"])
    assert json.loads(details.locator("pre").first.inner_text()) == told["arguments"]
    window.page.keyboard.press("Escape")
    expect(details).to_have_count(0)
    expect(window.page.locator(f"[data-do=open][data-job='{id}']").first).to_be_focused()
    assert window.complaints == []


@pytest.mark.long
def test_refreshing_takes_nothing_from_the_readers_hands(opened: Open, local: Local) -> None:
    admin, id = work.administrator(local), work.dead_sum(local)
    window = opened()
    page = window.page
    page.locator(f"#dead [data-do=open][data-job='{id}']").click()
    with page.expect_response(lambda answer: "queue=default" in answer.url):
        page.locator("#recent select[name=queue]").select_option("default")
    page.locator("#recent select[name=state]").focus()
    page.evaluate("scrollTo(0, 200)")
    new = admin.post("/api/jobs/task_1/", {"num": 1}).json()["task_id"]
    refreshed(window)
    expect(page.locator(f"#recent [data-key='{new}']")).to_be_visible()
    expect(page.locator("aside")).to_contain_text(id)
    expect(page.locator("#recent select[name=state]")).to_be_focused()
    expect(page.locator("#recent select[name=queue]")).to_have_value("default")
    assert page.evaluate("scrollY") == 200
    assert f"queue=default&job={id}" in page.url
    page.reload()
    expect(page.locator("aside")).to_contain_text(id)
    expect(page.locator("#recent select[name=queue]")).to_have_value("default")


def test_a_queues_figure_leads_to_its_jobs(opened: Open, local: Local) -> None:
    id = work.dead_sum(local)
    window = opened()
    window.page.locator("#queues [data-key=sum] [data-state=dead]").click()
    expect(window.page.locator(f"#recent [data-key='{id}']")).to_be_visible()
    expect(window.page.locator("#recent select[name=state]")).to_have_value("dead")
    window.page.locator("#recent select[name=queue]").select_option("topics")
    expect(window.page.locator("#recent")).to_contain_text("No such jobs.")


@pytest.mark.long
def test_it_says_when_the_server_cannot_be_reached_and_goes_on(opened: Open) -> None:
    window = opened()
    expect(window.page.locator("#queues")).to_be_visible()
    window.page.context.set_offline(True)
    expect(window.page.get_by_role("status")).to_contain_text("The server cannot be reached.")
    expect(window.page.locator("#glance")).to_contain_text("No contact")
    expect(window.page.locator("#queues")).to_be_visible()
    window.page.context.set_offline(False)
    expect(window.page.get_by_role("status")).to_have_text("")
    expect(window.page.locator("#glance")).not_to_contain_text("No contact")


def test_the_form_lets_an_administrator_in_and_out(opened: Open, local: Local) -> None:
    window = opened(http_credentials=None)
    log_in(window, "admin", "a guess")
    expect(window.page.get_by_role("alert")).to_have_text("Wrong name or password.")
    log_in(window, "admin", ADMIN_PASSWORD)
    expect(window.page.locator("#queues")).to_be_visible()
    expect(window.page.get_by_label("Password")).to_be_hidden()
    window.page.reload()
    expect(window.page.locator("#queues")).to_be_visible()
    access = json.loads(window.page.evaluate("sessionStorage.getItem('kalit tokens')"))["access"]
    window.page.get_by_role("button", name="Log out").click()
    expect(window.page.get_by_label("Password")).to_be_visible()
    expect(window.page.locator("#board")).to_be_hidden()
    assert window.page.evaluate("sessionStorage.getItem('kalit tokens')") is None
    headers = {"Authorization": f"Bearer {access}"}
    refresh = window.page.request.post("/api/token/refresh/", data={"refresh": access}, headers=headers)
    assert refresh.status == 401
    assert window.strangers == []


def test_the_form_refuses_who_is_no_administrator(opened: Open, local: Local) -> None:
    user = local.user()
    window = opened(http_credentials=None)
    log_in(window, user.username, "password123")
    expect(window.page.get_by_role("alert")).to_have_text("This account is not an administrator's.")
    expect(window.page.locator("#board")).to_be_hidden()
    assert window.page.evaluate("sessionStorage.length") == 0


def test_the_form_uses_up_no_one_time_password(opened: Open, local: Local) -> None:
    """It leads to the page where one is replaced, which takes it once."""
    name = f"manager-{uuid.uuid4().hex[:8]}"
    given = work.administrator(local).post("/api/manager/create/", {"username": name}).json()["one_time_password"]
    window = opened(http_credentials=None)
    log_in(window, name, given)
    expect(window.page.get_by_role("alert")).to_have_text("This password was given to you. Set your own first.")
    window.page.get_by_role("link", name="Set a password").click()
    window.page.get_by_label("Username").fill(name)
    window.page.get_by_label("One-time password").fill(given)
    window.page.get_by_label("New password").fill("a bolt and its key")
    window.page.get_by_label("Once more").fill("a bolt and its key")
    window.page.get_by_role("button").click()
    expect(window.page.get_by_role("heading")).to_have_text("Password changed successfully")


def test_the_form_says_how_long_to_wait(opened: Open, local: Local) -> None:
    user = local.user()
    window = opened(http_credentials=None)
    for _ in range(10):
        window.page.request.post("/api/token/", data={"username": user.username, "password": "a guess"})
    log_in(window, user.username, "a guess")
    expect(window.page.get_by_role("alert")).to_have_text(re.compile(r"Too many failed tries. Try again in \d+ s."))


def test_an_access_token_that_ran_out_is_replaced_and_a_lost_session_leads_to_the_form(opened: Open) -> None:
    window = opened(http_credentials=None)
    log_in(window, "admin", ADMIN_PASSWORD)
    expect(window.page.locator("#queues")).to_be_visible()
    spoil = "const kept = JSON.parse(sessionStorage['kalit tokens']); sessionStorage['kalit tokens'] = JSON.stringify"
    window.page.evaluate(f"{spoil}({{...kept, access: 'over'}})")
    window.page.reload()
    expect(window.page.locator("#queues")).to_be_visible()
    window.page.evaluate(f"{spoil}({{access: 'over', refresh: 'over'}})")
    window.page.reload()
    expect(window.page.get_by_role("alert")).to_have_text("Your session is over. Log in again.")


@pytest.mark.parametrize(
    ("locale", "title", "queues"),
    [("uz-UZ", "Vazifalar", "Navbatlar"), ("ru-RU", "Задания", "Очереди"), ("en-GB", "Jobs", "Queues")],
)
@pytest.mark.long
def test_it_speaks_the_browsers_language_and_fits_a_phone(
    opened: Open, local: Local, locale: str, title: str, queues: str
) -> None:
    work.dead_sum(local)
    window = opened(locale=locale, **PHONE)
    expect(window.page.get_by_role("heading", level=1)).to_contain_text(title)
    expect(window.page.locator("#queues h2")).to_have_text(queues)
    assert not window.scrolls_sideways
    window.page.locator("#dead [data-do=open]").first.click()
    expect(window.page.locator("aside dl")).to_be_visible()
    assert not window.scrolls_sideways
    assert (window.complaints, window.strangers) == ([], [])


def test_the_switch_changes_the_language_for_good(opened: Open) -> None:
    window = opened()
    window.page.get_by_role("button", name="ru").click()
    expect(window.page.locator("#queues h2")).to_have_text("Очереди")
    expect(window.page.get_by_role("columnheader", name="Погибло").first).to_be_visible()
    window.page.reload()
    expect(window.page.locator("#queues h2")).to_have_text("Очереди")
    expect(window.page.get_by_role("button", name="ru")).to_have_attribute("aria-pressed", "true")


@pytest.mark.long
def test_its_pictures(opened: Open, local: Local) -> None:
    work.an_ordinary_day(local)
    for name, options in {"flower": {}, "flower-phone": PHONE}.items():
        window = opened(**options)
        expect(window.page.locator("#dead [data-queue=sms]").first).to_be_visible()
        window.picture(name)
        assert window.complaints == []
