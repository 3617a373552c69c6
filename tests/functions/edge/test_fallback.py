import json
from typing import Any

import pytest

from infra.catalog import ROOT
from tests.cloud import EDGE_SECRET, Answer, Cloud

SAMPLE = (ROOT / "events" / "edge" / "fallback.json").read_text()
PROBLEM = "application/problem+json"


def ask(aws: Cloud, method: str, path: str, **headers: str) -> Answer:
    event: dict[str, Any] = json.loads(SAMPLE)
    event["rawPath"] = path
    event["requestContext"]["http"] |= {"method": method, "path": path}
    event["headers"] |= {
        "x-kalit-edge": EDGE_SECRET,
        **{key.replace("_", "-"): value for key, value in headers.items()},
    }
    answer = aws.call("edge.fallback", event)
    return Answer(answer["statusCode"], answer["headers"], answer["body"])


@pytest.mark.parametrize(
    "path", ["/api2", "/no/such/path", "/api/tasks/1/2/3", "/health/x", "/api/v10/devices", "/{id}"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_path_is_not_found(aws: Cloud, method: str, path: str) -> None:
    answer = ask(aws, method, path)
    assert (answer.status, answer.json) == (404, {"detail": "Not found."})


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/", "/api/v1/devices/1"])
def test_an_unknown_path_of_the_locks_is_not_found_in_their_dialect(aws: Cloud, path: str) -> None:
    answer = ask(aws, "GET", path)
    assert answer.status == 404
    assert answer.json == {"success": False, "error": {"message": "Not found.", "code": 404}}


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/api/tasks", "GET"),
        ("PUT", "/api/tasks/", "GET"),
        ("DELETE", "/api/tasks/1", "GET"),
        ("PATCH", "/api/tasks/1", "GET"),
        ("GET", "/api/tasks/1/cancel", "POST"),
        ("GET", "/api/register", "POST"),
        ("GET", "/api/token", "POST"),
        ("DELETE", "/api/token/refresh", "POST"),
        ("POST", "/", "GET"),
        ("POST", "/api", "GET"),
        ("POST", "/api/docs/", "GET"),
        ("POST", "/health", "GET"),
        ("POST", "/swagger.json", "GET"),
        ("PUT", "/.well-known/jwks.json", "GET"),
        ("PUT", "/api/tasks/create", "POST"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(aws: Cloud, method: str, path: str, allow: str) -> None:
    answer = ask(aws, method, path)
    assert (answer.status, answer.headers["Allow"]) == (405, allow)
    assert answer.json == {"detail": f'Method "{method}" not allowed.'}


@pytest.mark.parametrize(
    ("language", "not_found", "not_allowed"),
    [
        ("uz", "Topilmadi.", "«PUT» usuliga ruxsat yoʻq."),
        ("ru", "Страница не найдена.", "Метод «PUT» не разрешен."),
        ("en", "Not found.", 'Method "PUT" not allowed.'),
    ],
)
def test_both_answers_speak_the_language_asked_for(aws: Cloud, language: str, not_found: str, not_allowed: str) -> None:
    assert ask(aws, "GET", "/nowhere", accept_language=language).json == {"detail": not_found}
    assert ask(aws, "PUT", "/api/tasks", accept_language=language).json == {"detail": not_allowed}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/nowhere", 404, "not_found"), ("PUT", "/api/tasks", 405, "method_not_allowed")],
)
def test_both_answers_may_be_asked_for_as_problems(aws: Cloud, method: str, path: str, status: int, code: str) -> None:
    answer = ask(aws, method, path, accept=PROBLEM, x_request_id="mine-7")
    assert (answer.status, answer.headers["Content-Type"]) == (status, PROBLEM)
    told = answer.json
    assert (told["status"], told["code"], told["instance"], told["request_id"]) == (status, code, path, "mine-7")


def test_a_path_of_which_this_stage_lacks_the_door_is_not_found(aws: Cloud) -> None:
    """The outboxes are no doors where e-mail and SMS reach people, but the document knows them."""
    answer = ask(aws, "GET", "/api/sms/outbox")
    assert (answer.status, answer.json) == (404, {"detail": "Not found."})
