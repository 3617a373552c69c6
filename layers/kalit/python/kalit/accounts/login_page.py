"""The page on which somebody to whom a one-time password was given sets one of his own."""

from kalit.kit.errors import AppError
from kalit.kit.html import Html
from kalit.kit.words import Text

from .forms import DONE, NEW_PASSWORD, Field, filled, told

PATH = "/login/"
TITLE = Text("Your first login", ru="Первый вход", uz="Birinchi kirish")
BUTTON = Text("Log in", ru="Войти", uz="Kirish")
FIELDS = (
    Field("username", Text("Username", ru="Имя пользователя", uz="Foydalanuvchi nomi"), "username", "text"),
    Field(
        "one_time_password",
        Text("One-time password", ru="Одноразовый пароль", uz="Bir martalik parol"),
        "current-password",
    ),
    *NEW_PASSWORD,
)
LOGGED_IN = Text(
    "You are known now. Log in with the new password from here on.",
    ru="Вход выполнен. Дальше входите с новым паролем.",
    uz="Kirish bajarildi. Endi yangi parol bilan kiring.",
)


def form(language: str, error: AppError | None = None, username: str = "") -> Html:
    """The form, and what was wrong with what was sent."""
    return filled(TITLE, FIELDS, BUTTON, language, error, {"username": username})


def done(language: str) -> Html:
    return told(DONE, LOGGED_IN, language)
