"""The pages to which the provider sends a buyer back."""

from html import escape

from kalit.kit.html import Html, page
from kalit.kit.words import Text

SUCCESS, CANCEL = "/api/payment-success/", "/api/payment-cancel/"

PAID_TITLE = Text("Thank you!", ru="Спасибо!", uz="Rahmat!")
PAID = Text(
    "Your payment is being confirmed; the order shows as paid in a moment. You may close this page.",
    ru="Платёж подтверждается; через мгновение заказ станет оплаченным. Эту страницу можно закрыть.",
    uz="Toʻlov tasdiqlanmoqda; buyurtma bir zumda toʻlangan boʻladi. Bu sahifani yopishingiz mumkin.",
)
NOT_PAID_TITLE = Text("Not paid", ru="Не оплачено", uz="Toʻlanmadi")
NOT_PAID = Text(
    "Nothing was charged. The order keeps its goods for a day; you can pay for it until then.",
    ru="Деньги не списаны. Заказ хранится сутки; до этого его можно оплатить.",
    uz="Pul yechilmadi. Buyurtma bir kun saqlanadi; shungacha toʻlashingiz mumkin.",
)


def told(title: Text, text: Text, language: str) -> Html:
    """A page that says how it went."""
    said = title.say(language)
    body = f"<main><h1>{escape(said)}</h1><p>{escape(text.say(language))}</p></main>"
    return page(said, body, "form.css", language=language)
