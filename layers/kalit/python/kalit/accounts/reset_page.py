"""The page behind a reset's link: a new password, twice."""

from html import escape

from kalit.kit.errors import AppError, Invalid
from kalit.kit.html import Html, page
from kalit.kit.words import Text

from .resets import DONE, SUBJECT

PASSWORD = Text("New password", ru="Новый пароль", uz="Yangi parol")
AGAIN = Text("Once more", ru="Ещё раз", uz="Yana bir marta")
SAVE = Text("Save", ru="Сохранить", uz="Saqlash")
LOG_IN = Text(
    "You can log in with it now.",
    ru="Теперь с ним можно войти.",
    uz="Endi u bilan kirishingiz mumkin.",
)


def form(language: str, error: AppError | None = None) -> Html:
    """The form, and what was wrong with what was sent."""
    problems = _problems(error, language) if error else []
    told = "".join(f'<p role="alert">{escape(problem)}</p>' for problem in problems)
    inputs = "".join(
        f'<label>{escape(label.say(language))}<input type="password" name="{name}" autocomplete="new-password" '
        f"required></label>"
        for name, label in (("new_password", PASSWORD), ("new_password_confirm", AGAIN))
    )
    body = f'{told}<form method="post">{inputs}<button>{escape(SAVE.say(language))}</button></form>'
    return _page(SUBJECT, body, language, status=400 if problems else 200)


def _problems(error: AppError, language: str) -> list[str]:
    if isinstance(error, Invalid):
        return [text for told in error.said(language).values() for text in told]
    return [error.say(language)]


def done(language: str) -> Html:
    return _page(DONE, f"<p>{escape(LOG_IN.say(language))}</p>", language)


def _page(title: Text, body: str, language: str, status: int = 200) -> Html:
    said = title.say(language)
    body = f"<main><h1>{escape(said)}</h1>{body}</main>"
    return page(said, body, "form.css", language=language, status=status)
