"""The choice of language, and that everything a user may read is there in all three."""

import re
import string
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalog import catalog
from kalit.kit import errors
from kalit.kit.errors import AppError, MethodNotAllowed, NotFound, Throttled
from kalit.kit.words import FIELD_TEXTS, LANGUAGES, Text, choose

catalog()  # imports every module that a door needs
PRODUCT = {name: module for name, module in sys.modules.items() if name.split(".")[0] in ("kalit", "functions")}


def below(kind: type[AppError]) -> list[type[AppError]]:
    return [kind, *(found for sub in kind.__subclasses__() for found in below(sub))]


ERRORS = [kind for kind in below(AppError) if kind.__module__ in PRODUCT]
TEXTS = {
    **{
        f"{name}.{key}": text
        for name, module in PRODUCT.items()
        for key, text in vars(module).items()
        if type(text) is Text
    },
    **{f"FIELD_TEXTS.{key}": text for key, text in FIELD_TEXTS.items()},
}


def cyrillic(text: str) -> bool:
    return re.search("[а-яё]", text, re.IGNORECASE) is not None


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def said(kind: type[AppError], language: str) -> str:
    """The class's message, its holes unfilled."""
    error = kind.__new__(kind)
    AppError.__init__(error)
    return error.say(language)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", ""),
        ("uz", "uz"),
        ("ru", "ru"),
        ("en", "en"),
        ("RU", "ru"),
        ("ru-RU", "ru"),
        ("uz-Latn-UZ,ru;q=0.5", "uz"),
        ("de", ""),
        ("de,ru", "ru"),
        ("*", ""),
        ("en;q=0.5,ru;q=0.8", "ru"),
        ("en;q=0.5, uz;q=0.5", "en"),
        ("ru;q=0", ""),
        ("ru;q=0,en;q=0.1", "en"),
        ("ru; q=1.0", "ru"),
        ("ru;q=soon", ""),
        ("ru;q", ""),
        (",;,=", ""),
    ],
)
def test_the_language_is_the_first_of_ours_that_is_wished_for(header: str, language: str) -> None:
    assert choose(header) == language


@given(st.one_of(st.text(), st.lists(st.sampled_from(["ru", "en-GB", "*", ";", "q=", "0.5", ",", "nan"])).map("".join)))
def test_no_header_is_too_odd_to_choose_by(header: str) -> None:
    assert choose(header) in ("", *LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_has_words_of_its_own_in_every_language(kind: type[AppError], language: str) -> None:
    own = {" ".join(str(vars(kind).get(name) or "").split()) for name in ("__doc__", *LANGUAGES)} - {""}
    assert said(kind, language) in own
    assert cyrillic(said(kind, language)) == (language == "ru")


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_an_error_says_something_else_in_each_language(kind: type[AppError]) -> None:
    assert len({said(kind, language) for language in LANGUAGES}) == 3


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_has_its_three_languages(name: str) -> None:
    told = {language: TEXTS[name].say(language) for language in LANGUAGES}
    assert len(set(told.values())) == 3
    assert [language for language, text in told.items() if cyrillic(text)] == ["ru"]


@pytest.mark.parametrize("name", TEXTS)
def test_every_language_has_the_same_holes_to_fill(name: str) -> None:
    text = TEXTS[name]
    assert {frozenset(holes(text.say(language))) for language in ("", *LANGUAGES)} == {frozenset(holes(text.default))}


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_has_the_same_holes_in_every_language(kind: type[AppError]) -> None:
    assert {frozenset(holes(said(kind, language))) for language in ("", *LANGUAGES)} == {
        frozenset(holes(said(kind, "")))
    }


def test_a_text_without_a_translation_stays_as_quoted() -> None:
    assert Text("Assalomu alaykum", ru="Здравствуйте").say("en") == "Assalomu alaykum"


def test_a_text_is_filled_with_what_is_told() -> None:
    assert Text("at most {limit}", ru="не более {limit}").say("ru", limit=5) == "не более 5"


def test_what_fills_a_text_is_not_read_as_a_template() -> None:
    assert MethodNotAllowed("{method}{0}", []).say() == 'Method "{method}{0}" not allowed.'


def test_a_language_that_is_not_ours_gets_the_text_as_quoted() -> None:
    assert NotFound().say("__doc__") == "Not found."


def test_an_error_names_itself_for_programs() -> None:
    assert (Throttled(7).code, errors.TokenNotValid().code) == ("throttled", "token_not_valid")


def test_a_throttled_client_is_told_how_long() -> None:
    error = Throttled(7)
    assert error.say() == "Request was throttled. Expected available in 7 seconds."
    assert error.headers == {"Retry-After": "7"}


def test_the_tree_in_the_docs_names_every_error_of_the_kit() -> None:
    drawn = re.findall(r"^\s*[*x-] (\w+)\s+(\d{3})", errors.__doc__ or "", re.MULTILINE)
    kinds = [kind for kind in ERRORS if kind.__module__ == errors.__name__]
    assert dict(drawn) == {kind.__name__: str(kind.status) for kind in kinds}
