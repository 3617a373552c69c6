"""The API as OpenAPI 3.1, derived from the doors: `make derived` writes it, a test fails on drift."""

import json
import re
import sys
from collections.abc import Sequence
from typing import Any, cast, get_args, get_origin

from aws_lambda_powertools.event_handler.openapi.models import OpenAPI
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from kalit.kit import dialects
from kalit.kit.api import ASKED, Endpoint, Reply
from kalit.kit.errors import (
    AppError,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    ParseError,
    Refused,
    StillRunning,
    TokenNotValid,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from kalit.kit.html import Html
from kalit.kit.pages import Page
from kalit.kit.v1 import PAGE_SIZE

from . import examples
from .catalog import ROOT, catalog, endpoints

FILES = ROOT / "functions" / "edge"
INTRODUCTION = """\
Shop, locks, campaigns, staff and tasks of a company that sells smart locks.

To try it from the page at [/api/docs/](/api/docs/), get yourself a token:

1. Open `POST /api/register/`, press *Try it out*, choose a name, and press *Execute*: that account is yours.
2. Do the same with `POST /api/token/`, and copy `access` from its answer.
3. Press *Authorize*, paste it, and press *Authorize* again. The page remembers it; it holds for an hour.

From then on every request of the page carries the token. `POST /api/tasks/create/` is a good first one.

The same to read is at [/api/redoc/](/api/redoc/). Every path is served with and without its final slash. Errors speak
Uzbek, Russian or English by `Accept-Language`, and are RFC 9457 problems for who accepts `application/problem+json`.
"""
# Folder of doors -> what they are for, in the order of the docs pages.
TAGS = {
    "accounts": "Open an account, log in, keep the token fresh, end sessions, set a forgotten password anew; "
    "administrators make managers and change accounts.",
    "locks": "Smart locks: register yours, share them, open and close them, and see what they report.",
    "access": "Codes that open a lock: PINs, cards, guests and QR codes; what a lock asks at its door, and every try.",
    "campaigns": "SMS to your clients at their own hours: who they are, what they are told, what came of it.",
    "catalog": "What the shop sells: categories, products, variants and their stock; staff keep them.",
    "shop": "Carts, orders and their payment, and what buyers think of what they bought.",
    "notices": "E-mail and SMS that a sandbox took instead of sending them.",
    "jobs": "Schedules, codes by SMS, and the history of every job: what ran, what failed, what to send again.",
    "tasks": "Sums and countdowns that are worked on in the background, five at a time.",
    "security": "Logins, openings and attacks, and alerts about the gravest; the audit log of what staff did, and the "
    "proof that nobody changed it.",
    "edge": "The service itself: its health, its addresses and its documentation.",
}
PATH_TYPES = {
    "int": {"type": "integer", "minimum": 0},
    "UUID": {"type": "string", "format": "uuid"},
    "str": {"type": "string"},
}

BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "The `access` token of `POST /api/token/`, without the word Bearer.",
}

# The bodies of errors in each dialect and as RFC 9457.
ERRORS: dict[str, Any] = {
    "Detail": {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}},
    "Fields": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    "Error": {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}},
    "Refusal": {"type": "array", "items": {"type": "string"}},
    "ErrorV1": {
        "type": "object",
        "required": ["success", "error"],
        "properties": {
            "success": {"const": False},
            "error": {
                "type": "object",
                "required": ["message", "code"],
                "properties": {
                    "message": {"type": "string"},
                    "code": {"type": "integer"},
                    "fields": {"$ref": "#/components/schemas/Fields"},
                },
            },
        },
    },
    "MessageV1": {
        "type": "object",
        "required": ["success", "message"],
        "properties": {"success": {"const": False}, "message": {"type": "string"}},
    },
    "Problem": {
        "type": "object",
        "examples": [
            {
                "type": "urn:kalit:error:unavailable",
                "title": "Unavailable",
                "status": 503,
                "detail": "The service is busy. Try again in a moment.",
                "instance": "/api/tasks",
                "code": "unavailable",
                "request_id": "055d57e0-4ad2-4f5e-9d4e-2f3c6d0a7b11",
            }
        ],
        "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "code": {"type": "string"},
            "request_id": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                },
            },
        },
    },
}


class Schema(GenerateJsonSchema):
    """Without titles of fields, which would say their names once more, and the document is large enough."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def document(doors: Sequence[Endpoint]) -> dict[str, Any]:
    """The whole document, checked against the model of OpenAPI 3.1."""
    models = _models(doors)
    refs, definitions = models_json_schema(models, ref_template="#/components/schemas/{model}", schema_generator=Schema)
    named = definitions.get("$defs", {})
    for schema in named.values():
        del schema["title"]  # its name once more
    if taken := ERRORS.keys() & named.keys():
        raise ValueError(f"models have the names of errors' bodies: {taken}")
    schemas = {**ERRORS, **named}
    paths: dict[str, Any] = {}
    refusals: dict[str, Any] = {}
    for door in doors:
        for number, (method, path) in enumerate(door.routes):
            operation = _operation(door, refs, refusals)
            if number:
                operation["operationId"] = f"{door.name}.{number + 1}"
                operation["description"] = f"The same as `{door.method} {door.path}`."
            paths.setdefault(path, {})[method.lower()] = operation
    told = {
        "openapi": "3.1.0",
        "info": {
            "title": "Kalit",
            "version": "1.0.0",
            "description": INTRODUCTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "tags": [
            {"name": folder, "x-displayName": folder.capitalize(), "description": told} for folder, told in TAGS.items()
        ],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": dict(sorted(refusals.items())),
            "securitySchemes": {"bearer": BEARER},
        },
    }
    OpenAPI.model_validate(told)
    return told


def _models(doors: Sequence[Endpoint]) -> list[tuple[type[BaseModel], Any]]:
    models: dict[tuple[type[BaseModel], str], None] = {}
    for door in doors:
        if "body" in door.wants:
            models[door.wants["body"], "validation"] = None
        answer = _answer_model(door)
        if answer:
            models[answer, "serialization"] = None
    return list(models)


def _answer_model(door: Endpoint) -> type[BaseModel] | None:
    """What it answers with, alone, in a page, in a list, or beside another way of answering."""
    returned = door.call.__annotations__.get("return")
    told = [returned] if get_origin(returned) is None else get_args(returned)
    return next((kind for kind in told if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _page(returned: Any) -> type[Page[Any]] | None:
    """The kind of page that a door answers with, if it does."""
    origin = get_origin(returned)
    return origin if isinstance(origin, type) and issubclass(origin, Page) else None


def _operation(door: Endpoint, refs: dict[Any, Any], refusals: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": door.name,
        "tags": [door.folder],
        "summary": door.summary,
        **({"description": door.description} if door.description else {}),
        "parameters": [*_path_parameters(door), *_query_parameters(door), *_header_parameters(door)],
        "responses": _responses(door, refs, refusals),
    }
    if "body" in door.wants:
        schema = refs[door.wants["body"], "validation"]
        told["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {"schema": schema, **_shown(examples.of(door.wants["body"]))},
                "application/x-www-form-urlencoded": {"schema": schema},
                "multipart/form-data": {"schema": schema},
            },
        }
    if door.caller_kind:
        told["security"] = [{"bearer": []}, {}] if door.open_to_all else [{"bearer": []}]
    return told


def _path_parameters(door: Endpoint) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": PATH_TYPES[kind.__name__],
            "example": examples.PATH[kind.__name__],
        }
        for name, kind in door.wants.items()
        if name not in ASKED
    ]


def _query_parameters(door: Endpoint) -> list[dict[str, Any]]:
    if "query" not in door.wants:
        return []
    schema = door.wants["query"].model_json_schema(ref_template="{model}", schema_generator=Schema)
    named = schema.get("$defs", {})
    parameters = []
    for name, told in schema["properties"].items():
        choices = [named.get(option.get("$ref", ""), option) for option in told.pop("anyOf", [])]
        choices = [choice for choice in choices if choice.get("type") != "null"]
        parameter = {"name": name, "in": "query", "required": False, "schema": choices[0] if choices else told}
        if "description" in told:
            parameter["description"] = told["description"]
        if shown := told.pop("examples", [told["default"]] if told.get("default") else []):
            parameter["example"] = shown[0]
        parameters.append(parameter)
    return parameters


def _header_parameters(door: Endpoint) -> list[dict[str, Any]]:
    if not door.once:
        return []
    told = "The same key and body give the first answer again for 24 hours."
    return [
        {"name": "Idempotency-Key", "in": "header", "description": told, "schema": {"type": "string", "maxLength": 255}}
    ]


def _responses(door: Endpoint, refs: dict[Any, Any], refusals: dict[str, Any]) -> dict[str, Any]:
    """By status; refusals are told once, in `refusals`, for all doors that refuse in the same words."""
    own: dict[str, Any] = _success(door, refs)
    told: dict[str, Any] = {
        str(door.status): {"description": "Done.", **({"content": own} if door.status != 204 else {})}
    }
    by_status: dict[int, list[type[AppError]]] = {status: [] for status in door.besides}
    for error in _errors(door):
        by_status.setdefault(error.status, []).append(error)
    for status, errors in sorted(by_status.items()):
        response: dict[str, Any] = {"description": "Refused.", "content": {}}
        if errors:
            response = _refusal(door, errors)
        if status in door.besides:
            told[str(status)] = {**response, "content": {**response["content"], **own}}
            continue
        name = ("V1" if door.path.startswith("/api/v1/") else "") + "Or".join(error.__name__ for error in errors)
        same = refusals.setdefault(name, response) == response
        told[str(status)] = {"$ref": f"#/components/responses/{name}"} if same else response
    return told


def _refusal(door: Endpoint, errors: Sequence[type[AppError]]) -> dict[str, Any]:
    """What a door answers that refuses by one of these errors, which have one status."""
    names = list(dict.fromkeys(_schema_name(door, error) for error in errors))
    bodies = [_error_body(door, error) for error in errors]
    schemas = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    return {
        "description": " / ".join(dict.fromkeys(_message(error) for error in errors)),
        "content": {
            "application/json": {
                "schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas},
                **_shown(bodies, names=[error.__name__ for error in errors]),
            },
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
        },
    }


def _message(error: type[AppError]) -> str:
    """An error's text, with dots for what it fills in."""
    return re.sub(r"\{\w+\}", "…", " ".join((error.__doc__ or "").split()))


def _error_body(door: Endpoint, error: type[AppError]) -> Any:
    """What a client reads of an error, in the dialect of the door's path."""
    fields = next(
        (door.wants[name].model_fields for name in ("body", "query") if name in door.wants), {"Idempotency-Key": None}
    )
    made = examples.error(error, next(iter(fields)))
    return dialects.written(made, path=door.path, accept="", language="", request_id="")[1]


def _shown(values: Sequence[Any], names: Sequence[str] = ()) -> dict[str, Any]:
    """Examples of a body: one by itself, several by names."""
    if len(values) == 1:
        return {"example": values[0]}
    named = names or [str(next(iter(value.values()))) for value in values]
    told = [{"summary": name, "value": value} for name, value in zip(named, values, strict=True)]
    return {"examples": {str(number): example for number, example in enumerate(told, 1)}} if told else {}


def _success(door: Endpoint, refs: dict[Any, Any]) -> dict[str, Any]:
    returned = door.call.__annotations__.get("return")
    if isinstance(returned, type) and issubclass(returned, Reply):
        return {returned.media_type.partition(";")[0]: {"schema": {"type": "string"} if returned is Html else {}}}
    answer = _answer_model(door)
    schema = refs[answer, "serialization"] if answer else {}
    example: Any = examples.whole(answer) if answer else None
    if page := _page(returned):
        link = {"type": ["string", "null"], "format": "uri"}
        properties = {
            "count": {"type": "integer"},
            "next": link,
            "previous": link,
            **{name: {"type": "integer"} for name in page.told},
            "results": {"type": "array", "items": schema},
        }
        schema = {"type": "object", "required": list(properties), "properties": properties}
        example = example and page([], 1, 1, PAGE_SIZE).body("", "") | {"results": [example]}
    elif answer and get_origin(returned) is list:
        schema, example = {"type": "array", "items": schema}, [example]
    elif answer is None:
        schema = TypeAdapter(cast("type[Any]", returned)).json_schema()
    return {"application/json": {"schema": schema, **_shown([example] if example else [])}}


def _errors(door: Endpoint) -> list[type[AppError]]:
    """All that this door may answer: what it declares, and what its kind of door always may."""
    errors: list[type[AppError]] = [*door.raises, Forbidden, TooLarge, Unavailable]
    if "body" in door.wants:
        errors += [Invalid, ParseError, UnsupportedMediaType]
    if "query" in door.wants:
        errors += [Invalid]
    if door.caller_kind:
        errors += [TokenNotValid] if door.open_to_all else [Unauthenticated, TokenNotValid]
    if door.once:
        errors += [Invalid, StillRunning, KeyReused]
    if any(name not in ASKED and kind is not str for name, kind in door.wants.items()):
        errors += [NotFound]
    return list(dict.fromkeys(errors))


def _schema_name(door: Endpoint, error: type[AppError]) -> str:
    if door.path.startswith("/api/v1/"):
        return "MessageV1" if error.bare else "ErrorV1"
    if error.key != "detail":
        return error.key.capitalize()
    return "Fields" if error is Invalid else "Refusal" if issubclass(error, Refused) else "Detail"


def write() -> None:
    """The file that the schema door serves."""
    (FILES / "openapi.json").write_text(as_json(document(endpoints(catalog()))))


def as_json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    write()
    print("wrote functions/edge/openapi.json", file=sys.stderr)
