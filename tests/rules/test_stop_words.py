"""What an answer to an SMS means, however it is written."""

import pytest

from kalit.campaigns.stop_words import MEANT, Wish, wish


@pytest.mark.parametrize(
    "text",
    [
        *("STOP", "stop", " Stop \n", "STOP.", "Stop!!!", '"stop"', "«Стоп»", "(STOP)", "S.T.O.P.", "stop \U0001f64f"),
        *("STOPALL", "Stop all", "UNSUBSCRIBE", "cancel", "End", "quit", "Opt-out"),
        *("СТОП", "стоп!", "Отписаться", "ОТПИСКА", "отмена."),
        *("TOʻXTAT", "TO'XTAT", "Toʼxtat", "to‘xtat", "to’xtat", "to`xtat", "toxtat", "ТЎХТАТ", "тухтат"),
        *("BEKOR", "bekor qilish", "Бекор қилиш"),
        "\u0442\u0443\u0306\u0445\u0442\u0430\u0442",  # the breve as a sign of its own
        "\uff33\uff34\uff2f\uff30",  # wide letters
    ],
)
def test_a_word_that_says_stop(text: str) -> None:
    assert wish(text) is Wish.STOP


@pytest.mark.parametrize("text", ["START", "start!", "Unstop", "СТАРТ", "Подписаться", "boshla", "Бошла", "obuna"])
def test_a_word_that_begins_again(text: str) -> None:
    assert wish(text) is Wish.START


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "!", "don't stop", "stop it", "Non stop", "STOP 1", "the end", "start stop", "yes", "👍"),
        *("не отписка", "где автобусная остановка?", "toʻxtamang", "qachon toʻxtaydi?", "ст оп тут"),
    ],
)
def test_a_text_that_says_anything_else(text: str) -> None:
    assert wish(text) is None


def test_every_word_is_found_as_it_is_written_here() -> None:
    assert {word: wish(word.upper()) for word in MEANT} == MEANT
