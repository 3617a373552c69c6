"""Every error a caller can be told about.

A class is the status, its docstring the message as quoted, `ru`, `uz` and `en` its translations;
`kit.dialects` writes it in the dialect of the path. Domains subclass the one that fits.

* AppError                     500
  x Invalid                    400  fields with their messages
  x ParseError                 400
  x Refused                    400  a business rule said no
  x Unauthenticated            401
    - TokenNotValid            401
  x Forbidden                  403
  x NotFound                   404
    - InvalidPage              404
  x MethodNotAllowed           405
  x Conflict                   409
    - StillRunning             409
  x TooLarge                   413
  x UnsupportedMediaType       415
  x KeyReused                  422
  x Throttled                  429
  x Unavailable                503
"""

import re
from typing import Any, ClassVar

from .words import LANGUAGES, Text


class AppError(Exception):
    """Something went wrong on our side. Try again; if it stays, name the request id to support."""

    ru: ClassVar[str] = "Ошибка на нашей стороне. Повторите позже; если не помогло, назовите поддержке request id."
    uz: ClassVar[str] = "Xatolik biz tomonda. Keyinroq urinib koʻring; takrorlansa, request id ni yordamga ayting."
    en: ClassVar[str] = ""
    status: ClassVar[int] = 500
    bare: ClassVar[bool] = False  # whether the V1 dialect has it as a message alone
    key: ClassVar[str] = "detail"  # below which the DRF dialect has the message

    def __init__(self, *, headers: dict[str, str] | None = None, **values: object) -> None:
        super().__init__()
        self.values = values
        self.headers = headers or {}

    @property
    def code(self) -> str:
        """A stable name for programs: the class in snake_case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    @property
    def extra(self) -> dict[str, Any]:
        """What the DRF dialect says beside `detail`."""
        return {}

    def say(self, language: str = "") -> str:
        # Translations belong to the docstring beside them: a class with a message of its own inherits none.
        own = next(vars(kind) for kind in type(self).__mro__ if vars(kind).get("__doc__"))
        translations = {name: str(own.get(name, "")) for name in LANGUAGES}
        values = {name: told.say(language) if isinstance(told, Text) else told for name, told in self.values.items()}
        return Text(" ".join(str(own["__doc__"]).split()), **translations).say(language, **values)

    def __str__(self) -> str:
        return self.say()


class Invalid(AppError):
    """The request has fields that cannot be accepted."""

    ru = "В запросе есть поля, которые нельзя принять."
    uz = "Soʻrovda qabul qilib boʻlmaydigan maydonlar bor."
    status = 400

    def __init__(self, fields: dict[str, list[tuple[Text, dict[str, object]]]]) -> None:
        super().__init__()
        self.fields = fields

    @classmethod
    def field(cls, name: str, text: Text, **values: object) -> "Invalid":
        """One field with one message."""
        return cls({name: [(text, values)]})

    def said(self, language: str) -> dict[str, list[str]]:
        """Field -> what is wrong with it."""
        return {
            name: [text.say(language, **values) for text, values in messages] for name, messages in self.fields.items()
        }


class ParseError(AppError):
    """{what} parse error - {why}"""

    ru = "Ошибка разбора {what} - {why}"
    uz = "{what} ni oʻqib boʻlmadi - {why}"
    status = 400


class Refused(AppError):
    """This cannot be done."""

    ru = "Это невозможно."
    uz = "Buni bajarib boʻlmaydi."
    status = 400


class Unauthenticated(AppError):
    """Authentication credentials were not provided."""

    ru = "Учетные данные не были предоставлены."
    uz = "Kirish maʼlumotlari berilmagan."
    status = 401

    def __init__(self, **values: object) -> None:
        super().__init__(headers={"WWW-Authenticate": 'Bearer realm="api"'}, **values)


class TokenNotValid(Unauthenticated):
    """Given token not valid for any token type"""

    ru = "Данный токен недействителен для любого типа токена"
    uz = "Berilgan token hech bir turdagi token sifatida yaroqli emas"

    @property
    def extra(self) -> dict[str, Any]:
        message = {
            "token_class": "AccessToken",
            "token_type": "access",
            "message": "Token is invalid or expired",
        }
        return {"code": "token_not_valid", "messages": [message]}


class Forbidden(AppError):
    """You do not have permission to perform this action."""

    ru = "У вас недостаточно прав для выполнения данного действия."
    uz = "Bu amal uchun ruxsatingiz yoʻq."
    status = 403


class NotFound(AppError):
    """Not found."""

    ru = "Страница не найдена."
    uz = "Topilmadi."
    status = 404


class InvalidPage(NotFound):
    """Invalid page."""

    ru = "Неправильная страница"
    uz = "Bunday sahifa yoʻq."


class MethodNotAllowed(AppError):
    """Method "{method}" not allowed."""

    ru = "Метод «{method}» не разрешен."
    uz = "«{method}» usuliga ruxsat yoʻq."
    status = 405

    def __init__(self, method: str, allow: list[str]) -> None:
        super().__init__(headers={"Allow": ", ".join(allow)}, method=method)


class Conflict(AppError):
    """This is not possible in the present state."""

    ru = "В текущем состоянии это невозможно."
    uz = "Hozirgi holatda buni bajarib boʻlmaydi."
    status = 409


class StillRunning(Conflict):
    """The first request with this Idempotency-Key is still running. Repeat in a moment."""

    ru = "Первый запрос с этим Idempotency-Key ещё выполняется. Повторите чуть позже."
    uz = "Shu Idempotency-Key bilan birinchi soʻrov hali bajarilmoqda. Birozdan soʻng takrorlang."


class TooLarge(AppError):
    """The body is {size} bytes; at most {limit} are accepted."""

    ru = "Размер тела запроса {size} байт; принимается не более {limit}."
    uz = "Soʻrov hajmi {size} bayt; koʻpi bilan {limit} bayt qabul qilinadi."
    status = 413


class UnsupportedMediaType(AppError):
    """Unsupported media type "{media_type}" in request."""

    ru = "Неподдерживаемый тип данных «{media_type}» в запросе."
    uz = "Soʻrovdagi «{media_type}» turi qoʻllab-quvvatlanmaydi."
    status = 415


class KeyReused(AppError):
    """This Idempotency-Key was used with another body. Choose a new key for a new request."""

    ru = "Этот Idempotency-Key уже использован с другим телом запроса. Возьмите новый ключ."
    uz = "Bu Idempotency-Key boshqa soʻrov bilan ishlatilgan. Yangi kalit tanlang."
    status = 422


class Throttled(AppError):
    """Request was throttled. Expected available in {seconds} seconds."""

    ru = "Запрос был проигнорирован. Ожидайте {seconds} секунд."
    uz = "Soʻrovlar juda koʻp. {seconds} soniyadan soʻng urinib koʻring."
    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(headers={"Retry-After": str(seconds)}, seconds=seconds)


class Unavailable(AppError):
    """The service is busy. Try again in a moment."""

    ru = "Сервис перегружен. Повторите чуть позже."
    uz = "Xizmat band. Birozdan soʻng urinib koʻring."
    status = 503

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})
