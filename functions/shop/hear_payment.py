from kalit.kit import api, clock
from kalit.kit.api import Plain
from kalit.kit.log import log
from kalit.kit.request import Request
from kalit.providers import payments
from kalit.providers.payments import Forged
from kalit.shop import payment_store


@api.post("/api/webhook/", also=[("POST", "/api/stripe/webhook/")], besides=[400], uses=payment_store.HEAR)
def handler(request: Request) -> Plain:
    """Where the payment provider tells what became of a payment; what it did not sign is refused."""
    at = clock.now()
    try:
        event = payments.event(request.raw(), request.header("stripe-signature"), at)
    except Forged as reason:
        log.warning("refused", extra={"reason": str(reason)})
        return Plain("", 400)
    payment_store.hear(event, at)
    return Plain("")
