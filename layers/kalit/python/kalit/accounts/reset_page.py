"""The page behind a reset's link: a new password, twice."""

from kalit.kit.errors import AppError
from kalit.kit.html import Html
from kalit.kit.words import Text

from .forms import DONE, NEW_PASSWORD, filled, told

TITLE = Text("Your new password", ru="Новый пароль", uz="Yangi parol")
SAVE = Text("Save", ru="Сохранить", uz="Saqlash")
LOG_IN = Text(
    "You can log in with it now.",
    ru="Теперь с ним можно войти.",
    uz="Endi u bilan kirishingiz mumkin.",
)


def form(language: str, error: AppError | None = None) -> Html:
    """The form, and what was wrong with what was sent."""
    return filled(TITLE, NEW_PASSWORD, SAVE, language, error)


def done(language: str) -> Html:
    return told(DONE, LOG_IN, language)
