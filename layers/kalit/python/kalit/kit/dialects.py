"""How an error is written: the dialect of the path, or RFC 9457 where the client asks for it."""

from typing import Any

from .errors import AppError, Invalid, Refused
from .fields import CROSS_FIELD

PROBLEM = "application/problem+json"


def written(error: AppError, *, path: str, accept: str, language: str, request_id: str) -> tuple[str, Any]:
    """Media type and JSON value of an error's body."""
    if PROBLEM in accept:
        return PROBLEM, problem(error, path, language, request_id)
    if path == "/api/v1" or path.startswith("/api/v1/"):
        return "application/json", v1(error, language)
    return "application/json", drf(error, language)


def drf(error: AppError, language: str) -> Any:
    """As Django REST Framework writes it: fields, a bare list for business rules, or a message below its key."""
    if isinstance(error, Invalid):
        return error.said(language)
    if isinstance(error, Refused):
        return [error.say(language)]
    return {error.key: error.say(language), **error.extra}


def v1(error: AppError, language: str) -> Any:
    """As the lock service writes it: `success`, and an `error` with message, code and perhaps fields.

    Some business rules tell a `message` alone, as its apps know it.
    """
    if error.bare:
        return {"success": False, "message": error.say(language)}
    told: dict[str, Any] = {"message": error.say(language), "code": error.status}
    if isinstance(error, Invalid):
        fields = error.said(language)
        if CROSS_FIELD in fields:
            fields["errors"] = fields.pop(CROSS_FIELD)
        told["fields"] = fields
    return {"success": False, "error": told}


def problem(error: AppError, path: str, language: str, request_id: str) -> Any:
    """RFC 9457 with a stable code, the fields, and the request id."""
    told = {
        "type": f"urn:kalit:error:{error.code}",
        "title": error.code.replace("_", " ").capitalize(),
        "status": error.status,
        "detail": error.say(language),
        "instance": path,
        "code": error.code,
        "request_id": request_id,
    }
    if isinstance(error, Invalid):
        told["errors"] = [
            {"field": name, "message": message} for name, said in error.said(language).items() for message in said
        ]
    return told
