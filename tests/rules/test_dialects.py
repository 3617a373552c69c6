"""How an error is written: by the path's dialect, or as RFC 9457 where that is asked for."""

from typing import Any

import pytest

from kalit.accounts.directory import NoActiveAccount
from kalit.accounts.tokens import RefreshNotValid
from kalit.kit.dialects import PROBLEM, written
from kalit.kit.errors import (
    AppError,
    Conflict,
    Invalid,
    InvalidPage,
    NotFound,
    ParseError,
    Refused,
    Throttled,
    TokenNotValid,
    Unauthenticated,
)
from kalit.kit.fields import CROSS_FIELD
from kalit.kit.words import FIELD_TEXTS

FIELDS = Invalid(
    {
        "name": [(FIELD_TEXTS["missing"], {})],
        "age": [(FIELD_TEXTS["int"], {}), (FIELD_TEXTS["greater_than_equal"], {"ge": 18})],
    }
)
CROSSED = Invalid.field(CROSS_FIELD, FIELD_TEXTS["not_object"], got="list")


def body(error: AppError, path: str, language: str = "") -> Any:
    media_type, told = written(error, path=path, accept="application/json", language=language, request_id="r-1")
    assert media_type == "application/json"
    return told


def problem(error: AppError, path: str = "/api/tasks", accept: str = PROBLEM, language: str = "") -> Any:
    media_type, told = written(error, path=path, accept=accept, language=language, request_id="r-1")
    assert media_type == PROBLEM
    return told


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            FIELDS,
            {
                "name": ["This field is required."],
                "age": ["A valid integer is required.", "Ensure this value is greater than or equal to 18."],
            },
        ),
        (CROSSED, {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
        (Refused(), ["This cannot be done."]),
        (ParseError(what="JSON", why="odd"), {"detail": "JSON parse error - odd"}),
        (Unauthenticated(), {"detail": "Authentication credentials were not provided."}),
        (
            TokenNotValid(),
            {
                "detail": "Given token not valid for any token type",
                "code": "token_not_valid",
                "messages": [
                    {
                        "token_class": "AccessToken",
                        "token_type": "access",
                        "message": "Token is invalid or expired",
                    }
                ],
            },
        ),
        (RefreshNotValid(), {"detail": "Token is invalid or expired", "code": "token_not_valid"}),
        (NoActiveAccount(), {"detail": "No active account found with the given credentials"}),
        (InvalidPage(), {"detail": "Invalid page."}),
        (Throttled(3), {"detail": "Request was throttled. Expected available in 3 seconds."}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_most_paths_speak_the_drf_dialect(error: AppError, told: Any) -> None:
    assert body(error, "/api/tasks") == told


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            FIELDS,
            {
                "message": "The request has fields that cannot be accepted.",
                "code": 400,
                "fields": {
                    "name": ["This field is required."],
                    "age": ["A valid integer is required.", "Ensure this value is greater than or equal to 18."],
                },
            },
        ),
        (
            CROSSED,
            {
                "message": "The request has fields that cannot be accepted.",
                "code": 400,
                "fields": {"errors": ["Invalid data. Expected a dictionary, but got list."]},
            },
        ),
        (Refused(), {"message": "This cannot be done.", "code": 400}),
        (NotFound(), {"message": "Not found.", "code": 404}),
        (TokenNotValid(), {"message": "Given token not valid for any token type", "code": 401}),
        (Throttled(3), {"message": "Request was throttled. Expected available in 3 seconds.", "code": 429}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_locks_paths_speak_the_v1_dialect(error: AppError, told: Any) -> None:
    assert body(error, "/api/v1/devices") == {"success": False, "error": told}


@pytest.mark.parametrize(
    ("path", "is_v1"),
    [
        ("/api/v1", True),
        ("/api/v1/", True),
        ("/api/v1/devices/1", True),
        ("/api/v10/devices", False),
        ("/api/tasks/api/v1", False),
        ("/", False),
    ],
)
def test_the_path_decides_the_dialect(path: str, is_v1: bool) -> None:
    assert ("success" in body(NotFound(), path)) is is_v1


@pytest.mark.parametrize("path", ["/api/tasks", "/api/v1/devices"])
def test_a_problem_is_the_same_on_every_path(path: str) -> None:
    assert problem(Conflict(), path) == {
        "type": "urn:kalit:error:conflict",
        "title": "Conflict",
        "status": 409,
        "detail": "This is not possible in the present state.",
        "instance": path,
        "code": "conflict",
        "request_id": "r-1",
    }


def test_a_problem_lists_each_message_with_its_field() -> None:
    assert problem(FIELDS)["errors"] == [
        {"field": "name", "message": "This field is required."},
        {"field": "age", "message": "A valid integer is required."},
        {"field": "age", "message": "Ensure this value is greater than or equal to 18."},
    ]


def test_a_problem_is_written_where_it_is_one_of_the_types_asked_for() -> None:
    assert problem(NotFound(), accept="application/json, application/problem+json;q=0.9")["status"] == 404


def test_a_problem_speaks_the_language_asked_for() -> None:
    told = problem(FIELDS, language="ru")
    assert (told["detail"], told["errors"][0]["message"]) == (
        "В запросе есть поля, которые нельзя принять.",
        "Обязательное поле.",
    )


@pytest.mark.parametrize(
    ("language", "detail"),
    [("uz", "Topilmadi."), ("ru", "Страница не найдена."), ("en", "Not found."), ("", "Not found.")],
)
def test_both_dialects_speak_the_language_asked_for(language: str, detail: str) -> None:
    assert body(NotFound(), "/api/tasks", language) == {"detail": detail}
    assert body(NotFound(), "/api/v1/devices", language)["error"]["message"] == detail


def test_writing_an_error_twice_says_the_same() -> None:
    assert body(CROSSED, "/api/v1/devices") == body(CROSSED, "/api/v1/devices")
