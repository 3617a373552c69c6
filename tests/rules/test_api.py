"""How an HTTP door answers: its result in words, its errors in a dialect, what always goes with it."""

import hashlib
import json
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from kalit.kit import api
from kalit.kit.api import Endpoint, Reply
from kalit.kit.errors import Conflict, Throttled
from kalit.kit.fields import Input
from kalit.kit.pages import Page, PageQuery
from kalit.kit.request import Request


class Thing(BaseModel):
    id: int
    name: str = "ў"


class Named(Input):
    name: str


@pytest.fixture(autouse=True)
def _two_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The edge may prove itself by either of two secrets, so that one can be replaced."""
    good = [hashlib.sha256(secret).hexdigest() for secret in (b"new", b"old")]
    monkeypatch.setenv("EDGE_SECRET_SHA256", " ".join(good))


def call(
    door: Endpoint,
    *,
    path: dict[str, str] | None = None,
    query: str = "",
    body: str = "",
    secret: str = "new",
    **headers: str,
) -> dict[str, Any]:
    return door(
        {
            "rawPath": "/things",
            "rawQueryString": query,
            "headers": {"x-kalit-edge": secret, **{key.replace("_", "-"): text for key, text in headers.items()}},
            "pathParameters": path,
            "requestContext": {"http": {"method": "GET"}, "requestId": "gateway-1"},
            "body": body,
        },
        None,
    )


def raising(error: Exception) -> Endpoint:
    def handler() -> None:
        raise error

    return api.get("/things/")(handler)


def returning(result: Any, **declared: Any) -> Endpoint:
    return api.get("/things/", **declared)(lambda: result)


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (Thing(id=1), '{"id":1,"name":"ў"}'),
        ({"name": "ў"}, '{"name": "ў"}'),
        ([1, None], "[1, null]"),
        (None, "null"),
        (Reply({"a": 1}), '{"a": 1}'),
        (Reply("as it is"), "as it is"),
        (
            Page([Thing(id=1)], 1, 1, 10),
            '{"count": 1, "next": null, "previous": null, "results": [{"id": 1, "name": "ў"}]}',
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_result_is_written_as_json(result: Any, text: str) -> None:
    answer = call(returning(result))
    assert (answer["statusCode"], answer["headers"]["Content-Type"], answer["body"]) == (200, "application/json", text)


def test_a_doors_status_is_the_answers() -> None:
    assert call(returning({}, status=201))["statusCode"] == 201


def test_a_reply_has_its_own_status_type_and_headers() -> None:
    answer = call(returning(Reply("a: 1", status=202, headers={"X-Own": "1"}, media_type="application/yaml")))
    assert answer["statusCode"] == 202
    assert answer["headers"]["Content-Type"] == "application/yaml"
    assert answer["headers"]["X-Own"] == "1"


def test_a_reply_may_be_cached_where_it_says_so() -> None:
    answer = call(returning(Reply({}, headers={"Cache-Control": "public, max-age=300"})))
    assert answer["headers"]["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize(
    "door", [returning({}), raising(Conflict()), raising(RuntimeError())], ids=["well", "refused", "broken"]
)
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Cache-Control", "no-store"),
        ("X-Request-Id", "gateway-1"),
    ],
)
def test_some_headers_go_with_every_answer(door: Endpoint, header: str, value: str) -> None:
    assert call(door)["headers"][header] == value


def test_a_clients_request_id_comes_back() -> None:
    assert call(returning({}), x_request_id="mine-7")["headers"]["X-Request-Id"] == "mine-7"


def test_a_problem_names_the_request() -> None:
    answer = call(raising(Conflict()), accept="application/problem+json", x_request_id="mine-7")
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert json.loads(answer["body"])["request_id"] == "mine-7"


def test_an_error_brings_its_headers() -> None:
    answer = call(raising(Throttled(9)))
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (429, "9")


def test_a_broken_door_tells_nothing_of_why() -> None:
    answer = call(raising(RuntimeError("the table's secret name")))
    assert answer["statusCode"] == 500
    assert "secret" not in str(answer)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_an_error_speaks_the_language_asked_for(language: str) -> None:
    assert json.loads(call(raising(Conflict()), accept_language=language)["body"]) == {
        "detail": Conflict().say(language)
    }


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("7", 7), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_a_number_in_the_path_is_read(text: str, value: int) -> None:
    def handler(id: int) -> int:
        return id

    assert call(api.get("/things/{id}/")(handler), path={"id": text})["body"] == str(value)


@pytest.mark.parametrize("text", ["", "a", "-1", "1.0", "1e3", " 1", "٣", "²", "9" * 19])
def test_what_is_no_number_names_nothing(text: str) -> None:
    def handler(id: int) -> int:
        return id

    assert call(api.get("/things/{id}/")(handler), path={"id": text})["statusCode"] == 404


@pytest.mark.parametrize(("text", "status"), [("3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11", 200), ("3f0f", 404), ("", 404)])
def test_a_uuid_in_the_path_is_read_or_names_nothing(text: str, status: int) -> None:
    def handler(id: UUID) -> str:
        return str(id)

    assert call(api.get("/things/{id}/")(handler), path={"id": text})["statusCode"] == status


def test_a_body_is_given_as_its_model() -> None:
    def handler(body: Named) -> str:
        return body.name

    assert call(api.post("/things/")(handler), body='{"name": "ali"}')["body"] == "ali"


def test_a_query_is_given_as_its_model() -> None:
    def handler(query: PageQuery) -> str:
        return query.page

    assert call(api.get("/things/")(handler), query="page=last")["body"] == "last"


def test_a_door_may_ask_for_the_whole_request() -> None:
    def handler(request: Request) -> str:
        return request.header("x-anything")

    assert call(api.get("/things/")(handler), x_anything="at all")["body"] == "at all"


def test_a_body_that_is_too_large_is_refused_though_nobody_wants_it() -> None:
    assert call(returning({}), body="x" * 1_000_001)["statusCode"] == 413


@pytest.mark.parametrize(("secret", "status"), [("new", 200), ("old", 200), ("", 403), ("other", 403)])
def test_only_the_edge_may_knock(secret: str, status: int) -> None:
    assert call(returning({}), secret=secret)["statusCode"] == status


@pytest.mark.parametrize("secret", ["", "new"])
def test_nobody_may_knock_where_no_secret_is_set(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.delenv("EDGE_SECRET_SHA256")
    assert call(returning({}), secret=secret)["statusCode"] == 403


def test_what_has_no_content_has_no_type_either() -> None:
    def handler() -> Reply:
        return Reply("", 204)

    answer = call(api.delete("/things/")(handler))
    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert "Content-Type" not in answer["headers"]
