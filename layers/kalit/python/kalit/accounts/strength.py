"""Whether a password is good enough: Django's four default validators, with zxcvbn's list of breached ones."""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import cache

from kalit.kit.words import LANGUAGES, Text

SHORTEST = 8
SIMILAR = 0.7  # share of letters in common, as Django's UserAttributeSimilarityValidator counts it

TOO_SHORT = Text(
    f"This password is too short. It must contain at least {SHORTEST} characters.",
    ru=f"Введённый пароль слишком короткий. Он должен содержать как минимум {SHORTEST} символов.",
    uz=f"Parol juda qisqa. Unda kamida {SHORTEST} ta belgi boʻlishi kerak.",
)
TOO_COMMON = Text(
    "This password is too common.",
    ru="Введённый пароль слишком широко распространён.",
    uz="Bu parol juda keng tarqalgan.",
)
NUMERIC = Text(
    "This password is entirely numeric.",
    ru="Введённый пароль состоит только из цифр.",
    uz="Parol faqat raqamlardan iborat.",
)
SIMILAR_TO = {
    "email": Text(
        "The password is too similar to the email address.",
        ru="Введённый пароль слишком похож на адрес электронной почты.",
        uz="Parol elektron pochta manziliga juda oʻxshash.",
    ),
    "first_name": Text(
        "The password is too similar to the first name.",
        ru="Введённый пароль слишком похож на имя.",
        uz="Parol ismga juda oʻxshash.",
    ),
    "last_name": Text(
        "The password is too similar to the last name.",
        ru="Введённый пароль слишком похож на фамилию.",
        uz="Parol familiyaga juda oʻxshash.",
    ),
}


def weakness(password: str, about: Mapping[str, str]) -> Text | None:
    """All that is wrong with a password, as one text; None when nothing is.

    `about`: email, first_name and last_name of whoever it belongs to.
    """
    found = [
        *([TOO_SHORT] if len(password) < SHORTEST else []),
        *(SIMILAR_TO[name] for name, value in about.items() if _similar(password.lower(), value.lower())),
        *([TOO_COMMON] if password.lower().strip() in _common() else []),
        *([NUMERIC] if password.isdigit() else []),
    ]
    told = {language: " ".join(text.say(language) for text in found) for language in LANGUAGES}
    return Text(told["en"], **told) if found else None


def _similar(password: str, value: str) -> bool:
    return any(
        part and len(password) < 10 * len(part) and SequenceMatcher(a=password, b=part).quick_ratio() >= SIMILAR
        for part in (*re.split(r"\W+", value), value)
    )


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
