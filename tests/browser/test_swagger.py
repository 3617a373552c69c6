"""The page to try the API from: from nothing to a task's result, by mouse and keyboard."""

import json
import re
import uuid
from collections import Counter
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.window import Window
from tests.running import Local, User


def operation(window: Window, name: str) -> Locator:
    """An operation, opened and ready to be filled in."""
    method, path = name.split()
    told = window.page.request.get("/api/schema/").json()["paths"][path][method.lower()]
    unfold(window, told["tags"][0])
    block = window.page.locator(f".opblock-{method.lower()}:has([data-path='{path}'])")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    return block


def unfold(window: Window, tag: str) -> Locator:
    """The operations of a tag, which begin folded."""
    section = window.page.locator(f".opblock-tag-section:has([data-tag='{tag}'])")
    heading = section.locator(".opblock-tag")
    heading.wait_for()
    if heading.get_attribute("data-is-open") == "false":
        heading.click()
    return section.locator(".opblock")


def execute(block: Locator) -> tuple[int, Any]:
    """Status and JSON of the answer that the page shows."""
    block.get_by_role("button", name="Execute").click()
    answer = block.locator(".live-responses-table .response")
    answer.wait_for()
    status = int(answer.locator(".response-col_status").inner_text().split()[0])
    return status, json.loads(answer.locator(".highlight-code code, pre.microlight").first.inner_text())


def authorize(window: Window, token: str) -> None:
    window.page.locator(".auth-wrapper .authorize").first.click()
    dialog = window.page.locator(".dialog-ux")
    dialog.locator("input").fill(token)
    dialog.get_by_role("button", name="Apply credentials").click()
    dialog.get_by_role("button", name="Close").last.click()


@pytest.mark.parametrize("path", ["/api/docs/", pytest.param("/swagger", marks=pytest.mark.long)])
def test_it_shows_every_operation_and_asks_no_other_host(window: Window, path: str) -> None:
    window.page.goto(path)
    told = window.page.request.get("/api/schema/").json()
    tags = Counter(operation["tags"][0] for item in told["paths"].values() for operation in item.values())
    assert set(tags) == {tag["name"] for tag in told["tags"]}
    for tag, count in tags.items():
        expect(unfold(window, tag)).to_have_count(count)
        window.page.locator(f".opblock-tag[data-tag='{tag}']").click()
    expect(window.page.get_by_role("heading", name="Kalit")).to_be_visible()
    assert (window.complaints, window.strangers) == ([], [])


def test_its_three_steps_lead_to_a_first_task(window: Window) -> None:
    name = f"user-{uuid.uuid4().hex[:12]}"
    window.page.goto("/api/docs/")

    register = operation(window, "POST /api/register/")
    body = register.locator("textarea")
    body.fill(body.input_value().replace("seeduser", name))
    status, account = execute(register)
    assert (status, account["username"]) == (201, name)

    log_in = operation(window, "POST /api/token/")
    body = log_in.locator("textarea")
    body.fill(body.input_value().replace("seeduser", name))
    status, tokens = execute(log_in)
    assert status == 200

    authorize(window, tokens["access"])
    status, task = execute(operation(window, "POST /api/tasks/create/"))
    assert (status, task["task_type"], task["input_data"]) == (201, "sum", {"numbers": [1, 2, 3]})

    show = operation(window, "GET /api/tasks/{id}/")
    show.get_by_placeholder("id").fill(str(task["id"]))
    status, shown = execute(show)
    assert (status, shown["id"]) == (200, task["id"])
    assert (window.complaints, window.strangers) == ([], [])


def test_every_example_of_a_signed_in_account_is_accepted_as_it_stands(window: Window, local: Local) -> None:
    window.page.goto("/api/docs/")
    authorize(window, access(local.user()))
    for name, expected in {
        "POST /api/tasks/create/": 201,
        "GET /api/tasks/": 200,
        "GET /.well-known/jwks.json": 200,
    }.items():
        assert execute(operation(window, name))[0] == expected, name


@pytest.mark.long
def test_a_form_is_as_good_as_json(window: Window, local: Local) -> None:
    window.page.goto("/api/docs/")
    authorize(window, access(local.user()))
    create = operation(window, "POST /api/tasks/create/")
    create.get_by_label("Request content type").select_option("application/x-www-form-urlencoded")
    status, task = execute(create)
    assert (status, task["input_data"]) == (201, {"numbers": [1, 2, 3]})


@pytest.mark.long
def test_the_token_is_remembered(window: Window, local: Local) -> None:
    window.page.goto("/api/docs/")
    authorize(window, access(local.user()))
    window.page.reload()
    assert execute(operation(window, "GET /api/tasks/"))[0] == 200


@pytest.mark.long
def test_it_fits_a_phone(window: Window) -> None:
    window.page.set_viewport_size({"width": 390, "height": 844})
    window.page.goto("/api/docs/")
    operation(window, "POST /api/tasks/create/")
    assert not window.scrolls_sideways


@pytest.mark.long
def test_its_picture(window: Window, local: Local) -> None:
    user = local.user()
    task = user.finished(user.create("sum", numbers=[1, 2, 3])["id"])
    window.page.goto("/api/docs/")
    authorize(window, access(user))
    show = operation(window, "GET /api/tasks/{id}/")
    show.get_by_placeholder("id").fill(str(task["id"]))
    assert execute(show) == (200, task)
    show.evaluate("block => block.scrollIntoView()")
    window.picture("swagger")


def access(user: User) -> str:
    """The user's token."""
    return re.sub("^Bearer ", "", str(user.session.headers["Authorization"]))
