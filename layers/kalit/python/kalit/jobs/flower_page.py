"""The page on which administrators watch jobs: who is let in gets it with tokens, everybody else with a login form.

Its script draws the rest, and speaks all three languages, so the page brings the words of all.
"""

import json
from html import escape

from pydantic import BaseModel

from kalit.kit.errors import AppError, Throttled
from kalit.kit.html import Html, page
from kalit.kit.words import LANGUAGES

from .flower_words import WORDS, say

CHALLENGE = 'Basic realm="Kalit", charset="UTF-8"'
FIRST_LOGIN = "/login/"
FILES = ("flower.css", "flower.mjs")


def board(language: str, tokens: BaseModel | None) -> Html:
    """The page for an administrator; without tokens its script asks for a login."""
    told = escape(tokens.model_dump_json()) if tokens else ""
    return _page(language, f'<meta name="tokens" content="{told}">' if told else "")


def unproven(language: str, error: AppError | None = None) -> Html:
    """For who has not said who he is, said it wrong, or too often wrong: the browser asks, else the form does."""
    if isinstance(error, Throttled):
        return _page(language, problem="throttled", status=429, headers=error.headers, seconds=error.values["seconds"])
    return _page(language, problem="wrong" if error else "", status=401, headers={"WWW-Authenticate": CHALLENGE})


def refused(language: str, problem: str) -> Html:
    """For who is known, and must not come in (yet): `not_admin` or `must_change`."""
    return _page(language, problem=problem, status=403)


def _page(
    language: str,
    head: str = "",
    *,
    problem: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: object,
) -> Html:
    language = language or "en"
    made = page("Kalit", head + _header(language) + _main(language, problem, values), *FILES, language=language)
    return Html(made.body, status=status, headers={**made.headers, **(headers or {})})


def _header(language: str) -> str:
    """The name of the page, a place for the state at a glance, and the switch of languages."""
    choices = "".join(
        f'<button type="button" lang="{code}" data-do="language" data-value="{code}" '
        f'aria-pressed="{str(code == language).lower()}">{code}</button>'
        for code in LANGUAGES
    )
    return (
        f'<header><h1>Kalit <span data-say="title">{_said("title", language)}</span></h1><div id="glance"></div>'
        f'<div class="languages" role="group" data-label="language" aria-label="{_said("language", language)}">'
        f"{choices}</div></header>"
    )


def _main(language: str, problem: str, values: dict[str, object]) -> str:
    why = escape(say(problem, language, **values)) if problem else ""
    link = f'<a href="{FIRST_LOGIN}" data-say="set_password">{_said("set_password", language)}</a>'
    words = json.dumps({key: text._asdict() for key, text in WORDS.items()}, ensure_ascii=False)
    return (
        '<main><p id="notice" role="status"></p><div id="board"></div>'
        f'<form id="login" method="post"><p data-say="for_admins">{_said("for_admins", language)}</p>'
        f'<p id="problem" role="alert">{why}</p>'
        f'<p id="first"{"" if problem == "must_change" else " hidden"}>{link}</p>'
        f"{_field('username', 'text', 'username', language)}"
        f"{_field('password', 'password', 'current-password', language)}"
        f'<button data-say="log_in">{_said("log_in", language)}</button>'
        f'<noscript><p role="alert">{_said("no_script", language)}</p></noscript></form></main>'
        # Data, no script: browsers run none of this type.
        f'<script id="words" type="application/json">{words.replace("<", chr(92) + "u003c")}</script>'
    )


def _field(name: str, kind: str, autocomplete: str, language: str) -> str:
    return (
        f'<label><span data-say="{name}">{_said(name, language)}</span>'
        f'<input name="{name}" type="{kind}" autocomplete="{autocomplete}" autocapitalize="none" required></label>'
    )


def _said(key: str, language: str) -> str:
    return escape(say(key, language))
