"""Pages with a form on which a password is set; they need no script."""

from collections.abc import Mapping
from html import escape
from typing import NamedTuple

from kalit.kit.errors import AppError, Invalid
from kalit.kit.html import Html, page
from kalit.kit.words import Text


class Field(NamedTuple):
    """An input; `autocomplete` tells the browser what it is, and what is no password may be shown again."""

    name: str
    label: Text
    autocomplete: str
    kind: str = "password"


NEW_PASSWORD = (
    Field("new_password", Text("New password", ru="Новый пароль", uz="Yangi parol"), "new-password"),
    Field("new_password_confirm", Text("Once more", ru="Ещё раз", uz="Yana bir marta"), "new-password"),
)

DONE = Text("Password changed successfully", ru="Пароль изменён", uz="Parol oʻzgartirildi")


def filled(
    title: Text,
    fields: tuple[Field, ...],
    button: Text,
    language: str,
    error: AppError | None = None,
    values: Mapping[str, str] = {},
) -> Html:
    """A page with a form, and what was wrong with what was sent; `values` are written into its fields again."""
    problems = _problems(error, language) if error else []
    alerts = "".join(f'<p role="alert">{escape(problem)}</p>' for problem in problems)
    inputs = "".join(
        f'<label>{escape(field.label.say(language))}<input type="{field.kind}" name="{field.name}" '
        f'value="{escape(values.get(field.name, ""))}" autocomplete="{field.autocomplete}" required></label>'
        for field in fields
    )
    body = f'{alerts}<form method="post">{inputs}<button>{escape(button.say(language))}</button></form>'
    answer = _page(title, body, language, error.status if error else 200)
    answer.headers.update(error.headers if error else {})
    return answer


def told(title: Text, text: Text, language: str) -> Html:
    """A page that says how it went."""
    return _page(title, f"<p>{escape(text.say(language))}</p>", language)


def _problems(error: AppError, language: str) -> list[str]:
    if isinstance(error, Invalid):
        return [text for told in error.said(language).values() for text in told]
    return [error.say(language)]


def _page(title: Text, body: str, language: str, status: int = 200) -> Html:
    said = title.say(language)
    return page(said, f"<main><h1>{escape(said)}</h1>{body}</main>", "form.css", language=language, status=status)
