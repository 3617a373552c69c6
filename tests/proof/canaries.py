"""Secrets and personal data that tests use, and where else they turn up.

Whatever is told to a door, or by it, in a field of such a name is known from then on as what it is. All that a process
logs and counts is taken apart into words, and no word may be one that is known; nor may a refusal tell one that its
reader did not send. What is found is named by its kind and its place, never by itself.
"""

import base64
import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from unittest import mock
from urllib.parse import unquote_plus

import pytest
from aws_lambda_powertools.metrics import base as metrics

from kalit.kit.log import log

# The name of a field -> what stands in it.
FIELDS = {
    "access": "token",
    "refresh": "token",
    "token": "token",
    "code": "code",
    "qr_code": "code",
    "nfc_uid": "card",
    "uid": "card",
    "pin_code": "PIN",
    "password": "password",
    "password_confirm": "password",
    "old_password": "password",
    "new_password": "password",
    "new_password_confirm": "password",
    "one_time_password": "password",
    "device_secret": "lock's secret",
    "private_key": "lock's key",
    "email": "e-mail",
    "guest_email": "e-mail",
    "guest_phone": "phone",
    "phone": "phone",
    "phone_number": "phone",
    "address": "address",
    "ip_address": "address",
    "link": "link",
    "checkout_url": "link",
}
SHORTEST = 6  # what is shorter is a word like any other
WORD = re.compile(r"[\w.+@-]{6,}")
PLAIN = re.compile(r"[a-z_ -]+", re.IGNORECASE)  # words such as stand for a secret where a test wants a wrong one


class Canaries:
    """What is known, and the words that were said where nothing of it may be."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}  # value -> its kind
        self.said: dict[str, str] = {}  # word -> who said it first
        self.told: dict[tuple[str, str], int] = {}  # (place, kind) of what a refusal told -> how often
        self.lines = 0

    def learn(self, data: Any) -> None:
        """Take in what fields of a body or of an answer hold."""
        for value, kind in secrets(data):
            self.known[value] = kind

    def pass_by(self, place: str, event: Mapping[str, Any], answer: Any) -> None:
        """A call of a door: what it was sent and what it answered; nothing of doors without HTTP."""
        if "rawPath" not in event or not isinstance(answer, dict):
            return
        body = event.get("body") or ""
        sent = base64.b64decode(body).decode(errors="replace") if event.get("isBase64Encoded") else body
        for text in (sent, answer["body"]):
            with suppress(ValueError, RecursionError):  # no JSON, or deeper than anybody reads
                self.learn(json.loads(text))
        if answer["statusCode"] >= 400:
            self.refused(place, json.dumps(event) + unquote_plus(sent), answer["body"])

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear all that is logged and counted inside."""
        handler, say = log.registered_handler, print
        written = handler.format

        def format(record: logging.LogRecord) -> str:
            text = written(record)
            self.hear(str(log.get_current_keys().get("function")), text)
            return text

        def counted(text: str, *more: object, **told: Any) -> None:
            self.hear("figures", text)
            say(text, *more, **told)

        with (
            mock.patch.object(handler, "format", format),
            mock.patch.object(metrics, "print", counted, create=True),
        ):
            yield

    def hear(self, place: str, text: str) -> None:
        """A line that was logged, or a figure that was counted."""
        self.lines += 1
        for word in WORD.findall(text):
            self.said.setdefault(word, place)

    def refused(self, place: str, sent: str, answer: str) -> None:
        """A refusal may say again what it was sent, and nothing else that is known."""
        for word in words(answer) & self.known.keys():
            if word not in sent:
                found = (f"the refusal of {place}", self.known[word])
                self.told[found] = self.told.get(found, 0) + 1

    def found(self) -> list[str]:
        """Where something was told that should not have been, and of what kind it was."""
        logged = {(f"the log of {self.said[word]}", self.known[word]) for word in self.said.keys() & self.known.keys()}
        return sorted(f"{place} tells: {kind}" for place, kind in logged | self.told.keys())


def words(text: str) -> set[str]:
    """The words of a text as they are, and without the dots at their ends."""
    return {form for word in WORD.findall(text) for form in (word, word.strip(".-"))}


def secrets(data: Any) -> Iterator[tuple[str, str]]:
    """(value, kind) of all that stands in fields of such names, however deep; phones with and without their plus."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            if isinstance(value, str) and name in FIELDS:
                for word in WORD.findall(value):
                    if not PLAIN.fullmatch(word):
                        yield word, FIELDS[name]
                        yield word.lstrip("+"), FIELDS[name]
            else:
                yield from secrets(value)
    elif isinstance(data, list):
        for each in data:
            yield from secrets(each)


CANARIES = Canaries()

HEARD = pytest.StashKey[list[str]]()  # what was found in other processes


def verdict(config: pytest.Config) -> list[str]:
    """What was found in all processes of a run."""
    return sorted({*CANARIES.found(), *config.stash.get(HEARD, [])})
