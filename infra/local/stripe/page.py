"""The page to pay on, in the customer's language, for phones and laptops; needs no script."""

from datetime import UTC, datetime
from html import escape
from typing import NamedTuple
from urllib.parse import urlencode

from kalit.kit.words import LANGUAGES, Text

from .account import ONCE, Telling
from .objects import Object

TITLE = Text("Payment", ru="Оплата", uz="Toʻlov")
SANDBOX = Text(
    "Sandbox: no money moves, and no card is asked for. Choose how the payment goes.",
    ru="Песочница: деньги не списываются, карта не нужна. Выберите, чем кончится оплата.",
    uz="Sinov muhiti: pul yechilmaydi, karta soʻralmaydi. Toʻlov qanday tugashini tanlang.",
)
UNTIL = Text("Can be paid until {when}", ru="Можно оплатить до {when}", uz="{when} gacha toʻlash mumkin")
DECLINED = Text(
    "Your card was declined. Nothing was charged; try again.",
    ru="Карта отклонена. Деньги не списаны, попробуйте ещё раз.",
    uz="Karta rad etildi. Pul yechilmadi, yana urinib koʻring.",
)
BACK = Text("Back to the shop", ru="Вернуться в магазин", uz="Doʻkonga qaytish")
STATES = {
    "paid": Text("This order is paid.", ru="Заказ оплачен.", uz="Buyurtma toʻlangan."),
    "unpaid": Text("The bank was asked to pay.", ru="Банку отправлен запрос.", uz="Bankka soʻrov yuborildi."),
    "expired": Text(
        "This page has expired. Nothing was charged.",
        ru="Срок оплаты истёк. Деньги не списаны.",
        uz="Toʻlov muddati tugagan. Pul yechilmadi.",
    ),
}
NONE = Text("There is no such payment.", ru="Такого платежа нет.", uz="Bunday toʻlov yoʻq.")
COPIES = Text(
    "Each event is told {copies} times{order}.",
    ru="Каждое событие сообщается {copies} раз(а){order}.",
    uz="Har bir voqea {copies} marta xabar qilinadi{order}.",
)
SHUFFLED = Text(", in no order", ru=", вразнобой", uz=", tartibsiz")


class Button(NamedTuple):
    """What can be done, and its text."""

    how: str
    text: Text


BUTTONS = (
    Button("card", Text("Pay {amount}", ru="Оплатить {amount}", uz="{amount} toʻlash")),
    Button("declined", Text("The card is declined", ru="Карту отклоняют", uz="Karta rad etiladi")),
    Button("bank", Text("The bank pays later", ru="Банк заплатит позже", uz="Bank keyinroq toʻlaydi")),
    Button("bounced", Text("The bank refuses later", ru="Банк потом откажет", uz="Bank keyin rad etadi")),
    Button("expire", Text("The time runs out", ru="Время истекает", uz="Vaqt tugaydi")),
)


def form(session: Object, item: Object, language: str, telling: Telling, declined: bool) -> str:
    """The page of an open session."""
    amount = money(session["amount_total"], session["currency"])
    when = datetime.fromtimestamp(session["expires_at"], UTC).strftime("%d.%m.%Y %H:%M UTC")
    buttons = "".join(
        f'<button name="how" value="{button.how}">{escape(button.text.say(language, amount=amount))}</button>'
        for button in BUTTONS
    )
    alert = f'<p role="alert">{escape(DECLINED.say(language))}</p>' if declined else ""
    order = SHUFFLED.say(language) if telling.shuffled else ""
    told = f"<p>{escape(COPIES.say(language, copies=telling.copies, order=order))}</p>" if telling != ONCE else ""
    return _page(
        f'<p class="item">{escape(item["description"])}</p><p class="amount">{amount}</p>'
        f"<p><small>{escape(UNTIL.say(language, when=when))}</small></p>{alert}"
        f'<form method="post">{buttons}</form>{_back(session, language)}'
        f"<aside><p>{escape(SANDBOX.say(language))}</p>{told}</aside>",
        language,
        telling,
    )


def over(session: Object, language: str) -> str:
    """The page of a session that is not open any more."""
    state = STATES["expired" if session["status"] == "expired" else session["payment_status"]].say(language)
    return _page(f'<p class="item" role="status">{escape(state)}</p>{_back(session, language)}', language)


def missing(language: str) -> str:
    """The page of a session that there is not."""
    return _page(f'<p class="item" role="status">{escape(NONE.say(language))}</p>', language)


def money(cents: int, currency: str) -> str:
    return f"${cents / 100:,.2f}" if currency == "usd" else f"{cents / 100:,.2f} {currency.upper()}"


def _back(session: Object, language: str) -> str:
    if not session["cancel_url"]:
        return ""
    return f'<p><a href="{escape(session["cancel_url"])}">{escape(BACK.say(language))}</a></p>'


def _page(body: str, language: str, telling: Telling = ONCE) -> str:
    title = escape(TITLE.say(language))
    languages = "".join(
        f'<a href="?{escape(query(telling, each))}" lang="{each}"{" aria-current=true" * (each == language)}>{each}</a>'
        for each in LANGUAGES
    )
    return f"""<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<link rel="icon" href="/c/kalit.svg">
<link rel="stylesheet" href="/c/pay.css">
<main><header><h1>{title}</h1><nav>{languages}</nav></header>{body}</main>
</html>
"""


def query(telling: Telling, language: str) -> str:
    """The page's options, as its address says them."""
    options = {"lang": language, "copies": telling.copies, "shuffle": int(telling.shuffled)}
    return urlencode({name: value for name, value in options.items() if value not in ("", 0, 1) or name == "lang"})
