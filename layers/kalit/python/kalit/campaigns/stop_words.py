"""What somebody means who answers an SMS: no more of them, or some again.

"STOP", "stop!", «Стоп», "TOʻXTAT", "to'xtat", "Bekor qilish"    stop
"Start", "boshla"                                                start
"don't stop", "qachon toʻxtaydi?"                                neither, as any text that says more than the word
"""

from enum import StrEnum
from itertools import chain
from unicodedata import category, normalize


class Wish(StrEnum):
    STOP = "stop"
    START = "start"


# Words as `_letters` leaves them: lower case, without spaces, hyphens and apostrophes.
STOP_WORDS = {
    "en": ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke", "remove"),
    "ru": ("стоп", "отписаться", "отписка", "отпишите", "отменить", "отмена"),
    "uz": ("toxtat", "toxtating", "toxtatish", "bekor", "bekorqil", "bekorqilish"),
    "uz-Cyrl": ("тўхтат", "тўхтатинг", "тўхтатиш", "бекор", "бекорқил", "бекорқилиш"),
    "uz-Cyrl typed in Russian": ("тухтат", "тухтатинг", "тухтатиш", "бекоркил", "бекоркилиш"),
}
START_WORDS = {
    "en": ("start", "unstop", "subscribe", "optin"),
    "ru": ("старт", "подписаться", "подписка", "возобновить"),
    "uz": ("boshla", "boshlang", "boshlash", "obuna"),
    "uz-Cyrl": ("бошла", "бошланг", "бошлаш", "обуна"),
}
MEANT = {
    word: wish
    for wish, words in ((Wish.STOP, STOP_WORDS), (Wish.START, START_WORDS))
    for word in chain.from_iterable(words.values())
}


def wish(text: str) -> Wish | None:
    """What a whole text wishes, in Uzbek (both alphabets), Russian or English; None when it says anything else."""
    return MEANT.get(_letters(text))


def _letters(text: str) -> str:
    """Letters and digits alone, in lower case; the sign in oʻ and gʻ is a letter of a category of its own."""
    folded = normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum() and category(character) != "Lm")
