"""Payments as a function makes them, on nothing of Stripe's library but the modules that are named.

Run by itself: `python -m tests.infra.lean <address of a sandbox> <module>…`. Prints the modules that it needed.
"""

import os
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib.machinery import ModuleSpec
from pathlib import Path

import urllib3

# What the layer leaves out beside them.
LEFT_OUT = {"aiohttp", "anyio", "certifi", "charset_normalizer", "cffi", "httpx", "idna", "pycurl", "requests"}


class Lean:
    """Finds none of the modules that a function would not find."""

    def __init__(self, kept: set[str]) -> None:
        self.kept = kept

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        top, _, inner = name.partition(".")
        path = inner.replace(".", "/")
        if top in LEFT_OUT or (top == "stripe" and inner and not {path, f"{path}/__init__"} & self.kept):
            raise ModuleNotFoundError(name)
        return None


def main(base: str, *kept: str) -> None:
    sys.meta_path.insert(0, Lean(set(kept)))  # type: ignore[arg-type]
    from kalit.kit import secrets
    from kalit.providers import payments

    os.environ["SECRET_PAYMENTS"] = "payments"
    secrets._kept["payments"] = (time.monotonic(), {"api_key": "sk_test_lean", "api_base": base})

    def opened(order: int) -> payments.Session:
        until = datetime.now(UTC) + timedelta(hours=1)
        asked = payments.Payable(
            order_id=order,
            amount=1234,
            expires_at=until,
            success_url="http://localhost/",
            cancel_url="http://localhost/",
        )
        return payments.open_session(asked, f"order-{order}")

    paid = opened(5)
    assert payments.session(paid.id) == paid
    urllib3.request("POST", paid.url or "", fields={"how": "card"}, redirect=False)
    paid = payments.expire_session(paid.id)
    assert paid.status == "complete"
    refund = payments.refund(paid.payment_intent or "", 5, "refund-5")
    assert payments.refund(paid.payment_intent or "", 5, "refund-5-again") == refund
    assert payments.expire_session(opened(6).id).status == "expired"
    with suppress(payments.NotTaken):  # an error is read by modules, too
        payments.session("cs_test_none")

    import stripe

    root = Path(stripe.__file__).parent
    needed = {module.__file__ for name, module in sys.modules.items() if name.partition(".")[0] == "stripe"}
    print(*sorted(str(Path(file).relative_to(root).with_suffix("")) for file in needed if file), sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
