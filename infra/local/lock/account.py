"""Registering a lock at the API by itself, for an owner who is signed in or, where none is named, made up."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

import aiohttp

from .credentials import Unusable

NAME = re.compile(r"[A-Z0-9_-]{6,50}")


async def register(url: str, name: str, email: str, password: str) -> dict[str, Any]:
    """Make the device.

    Args:
        url: where the API answers.
        name: the hardware id.
        email, password: of the owner; if empty, an owner is signed up with a password of his own.

    Returns: the answer of `POST /api/v1/devices/`, with `owner` {email, password} beside it.
    Raises `Unusable`.
    """
    if not NAME.fullmatch(name):
        raise Unusable(f"{name!r} is no hardware id: 6-50 capital letters, digits, _ or -, such as LOCK_0001.")
    async with aiohttp.ClientSession(base_url=url, timeout=aiohttp.ClientTimeout(30)) as http:
        owner = {"email": email, "password": password}
        if email:
            login = await _post(http, "/api/v1/auth/login/", owner)
            _expect(login, 200, "KALIT_EMAIL and KALIT_PASSWORD were not accepted")
        else:
            made = secrets.token_hex(4)
            owner = {"email": f"{name.lower()}-{made}@example.com", "password": f"qulf {secrets.token_urlsafe(9)}"}
            login = await _post(http, "/api/v1/auth/register/", {**owner, "password_confirm": owner["password"]})
            _expect(login, 201, "An owner could not be signed up")
        bearer = {"Authorization": f"Bearer {login[1]['data']['tokens']['access']}"}
        device = await _post(
            http, "/api/v1/devices/", {"device_id": name, "name": f"Virtual {name}", "device_type": "PRO"}, bearer
        )
        if device[0] == 400 and "device_id" in str(device[1]):
            raise Unusable(
                f"{name} is taken, by another account or by one whose credentials are not kept here. Choose another "
                "NAME, delete that device, or bring the answer that made it: CREDENTIALS=file."
            )
        _expect(device, 201, "The device could not be made")
        return {**device[1], "owner": owner}


async def _post(
    http: aiohttp.ClientSession, path: str, body: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> tuple[int, Any]:
    """Status and JSON of the answer."""
    try:
        async with http.post(path, json=body, headers=headers) as answer:
            text = await answer.text()
            return answer.status, await answer.json() if answer.content_type.endswith("json") else text
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unusable(f"Nothing answers: {error}. Is the system up (make up), and is PORT or URL its own?") from None


def _expect(answer: tuple[int, Any], status: int, otherwise: str) -> None:
    if answer[0] != status:
        raise Unusable(f"{otherwise}: {answer[0]} {answer[1]}")
