"""What users read, in three languages: the framework's own texts and the choice of language."""

from typing import NamedTuple

LANGUAGES = ("uz", "ru", "en")


class Text(NamedTuple):
    """A message: as quoted when no language is asked for, and its translations."""

    default: str
    en: str = ""
    ru: str = ""
    uz: str = ""

    def say(self, language: str = "", /, **values: object) -> str:
        """The text in `language`, or as quoted; `{names}` are filled from `values`."""
        chosen = (getattr(self, language) if language in LANGUAGES else "") or self.default
        return chosen.format(**values) if values else chosen


def choose(accept_language: str) -> str:
    """The first of our languages that an Accept-Language header prefers, or an empty string (RFC 9110, 12.5.4)."""
    wishes = []
    for order, item in enumerate(accept_language.split(",")):
        tag, _, weight = item.partition(";")
        try:
            quality = float(weight.split("=")[1]) if weight else 1.0
        except (IndexError, ValueError):
            quality = 0.0
        wishes.append((-quality, order, tag.strip().split("-")[0].lower()))
    return next((tag for quality, _, tag in sorted(wishes) if quality and tag in LANGUAGES), "")


# Field messages in Django REST Framework's words, which the existing apps show to people.
# The keys are pydantic's error types; `{names}` come from the error's context.
FIELD_TEXTS: dict[str, Text] = {
    "missing": Text("This field is required.", ru="Обязательное поле.", uz="Bu maydon toʻldirilishi shart."),
    "null": Text(
        "This field may not be null.",
        ru="Это поле не может быть пустым.",
        uz="Bu maydon null boʻlishi mumkin emas.",
    ),
    "blank": Text(
        "This field may not be blank.",
        ru="Это поле не может быть пустым.",
        uz="Bu maydon boʻsh boʻlishi mumkin emas.",
    ),
    "not_object": Text(
        "Invalid data. Expected a dictionary, but got {got}.",
        ru="Недопустимые данные. Ожидался объект, получено: {got}.",
        uz="Notoʻgʻri maʼlumot. Obyekt kutilgan edi, kelgani: {got}.",
    ),
    "string_type": Text("Not a valid string.", ru="Недопустимая строка.", uz="Notoʻgʻri matn."),
    "string_too_long": Text(
        "Ensure this field has no more than {max_length} characters.",
        ru="Убедитесь, что это значение содержит не более {max_length} символов.",
        uz="Bu maydonda {max_length} tadan ortiq belgi boʻlmasligi kerak.",
    ),
    "string_too_short": Text(
        "Ensure this field has at least {min_length} characters.",
        ru="Убедитесь, что это значение содержит не менее {min_length} символов.",
        uz="Bu maydonda kamida {min_length} ta belgi boʻlishi kerak.",
    ),
    "string_pattern_mismatch": Text(
        "Enter a valid value.", ru="Введите правильное значение.", uz="Toʻgʻri qiymat kiriting."
    ),
    "int": Text(
        "A valid integer is required.",
        ru="Введите правильное число.",
        uz="Butun son kiritilishi kerak.",
    ),
    "number": Text("A valid number is required.", ru="Требуется численное значение.", uz="Son kiritilishi kerak."),
    "bool": Text(
        "Must be a valid boolean.",
        ru="Значение должно быть допустимым логическим значением.",
        uz="Mantiqiy qiymat kiritilishi kerak.",
    ),
    "greater_than_equal": Text(
        "Ensure this value is greater than or equal to {ge}.",
        ru="Убедитесь, что это значение больше либо равно {ge}.",
        uz="Qiymat {ge} dan kichik boʻlmasligi kerak.",
    ),
    "less_than_equal": Text(
        "Ensure this value is less than or equal to {le}.",
        ru="Убедитесь, что это значение меньше либо равно {le}.",
        uz="Qiymat {le} dan katta boʻlmasligi kerak.",
    ),
    "choice": Text(
        '"{input}" is not a valid choice.',
        ru="Значения «{input}» нет среди допустимых вариантов.",
        uz="«{input}» ruxsat etilgan variantlar orasida yoʻq.",
    ),
    "filter_choice": Text(
        "Select a valid choice. {input} is not one of the available choices.",
        ru="Выберите корректный вариант. {input} нет среди допустимых значений.",
        uz="Toʻgʻri variantni tanlang. {input} mavjud variantlar orasida yoʻq.",
    ),
    "datetime": Text(
        "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
        ru="Неправильный формат datetime. Используйте: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
        uz="Sana va vaqt shakli notoʻgʻri. Namuna: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
    ),
    "uuid": Text("Must be a valid UUID.", ru="Значение должно быть верным UUID.", uz="UUID notoʻgʻri."),
    "object": Text(
        'Expected a dictionary of items but got type "{got}".',
        ru="Ожидался словарь со значениями, но был получен «{got}».",
        uz="Lugʻat kutilgan edi, kelgani: «{got}».",
    ),
    "list": Text(
        'Expected a list of items but got type "{got}".',
        ru="Ожидался список со значениями, но был получен «{got}».",
        uz="Roʻyxat kutilgan edi, kelgani: «{got}».",
    ),
    "too_big": Text(
        "This value takes {size} bytes as JSON; at most {limit} are kept.",
        ru="Значение занимает {size} байт в виде JSON; хранится не более {limit}.",
        uz="Qiymat JSON koʻrinishida {size} bayt; koʻpi bilan {limit} bayt saqlanadi.",
    ),
    "invalid": Text("Enter a valid value.", ru="Введите правильное значение.", uz="Toʻgʻri qiymat kiriting."),
}
