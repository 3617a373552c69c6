"""The page behind the link in a message: one button, which ends all messages to that phone. It needs no script."""

from html import escape

from kalit.kit.html import Html, page
from kalit.kit.words import Text

from .opt_outs import LinkNotValid

TITLE = Text("Messages from us", ru="Сообщения от нас", uz="Bizning xabarlarimiz")
ASK = Text(
    "If you want no more messages from us at this phone, press the button.",
    ru="Если вы больше не хотите получать от нас сообщения на этот телефон, нажмите кнопку.",
    uz="Bu telefonga bizdan boshqa xabar olishni istamasangiz, tugmani bosing.",
)
STOP = Text("No more messages", ru="Больше не присылать", uz="Boshqa yuborilmasin")
STOPPED = Text(
    "You get no more messages from us. Should you want them again, answer one of them with START.",
    ru="Мы больше не пришлём вам сообщений. Если захотите получать их снова, ответьте START на любое из них.",
    uz="Endi sizga xabar yubormaymiz. Yana olishni istasangiz, xabarlarimizdan biriga START deb javob bering.",
)


def form(language: str) -> Html:
    button = f'<form method="post"><button>{escape(STOP.say(language))}</button></form>'
    return _page(f"<p>{escape(ASK.say(language))}</p>{button}", language)


def stopped(language: str) -> Html:
    return _page(f'<p role="status">{escape(STOPPED.say(language))}</p>', language)


def not_valid(error: LinkNotValid, language: str) -> Html:
    return _page(f'<p role="alert">{escape(error.say(language))}</p>', language, error.status)


def _page(body: str, language: str, status: int = 200) -> Html:
    title = TITLE.say(language)
    return page(title, f"<main><h1>{escape(title)}</h1>{body}</main>", "form.css", language=language, status=status)
