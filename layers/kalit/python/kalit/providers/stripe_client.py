"""Stripe's own library, over urllib3, which botocore brings along: requests and what it needs stay out of the layer.

Imported only when a call is made: most doors, and those that hear webhooks, have no use for it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import stripe
import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from .outcomes import NotTaken, Unanswered

# Whose shapes `payment_events` reads, whatever the account's own setting is.
API_VERSION = "2026-10-28.endive"
# Together less than a door's ten seconds. To open a session takes Stripe half a second.
TIMEOUT = urllib3.Timeout(connect=2, read=6)


class Unreached(stripe.APIConnectionError):  # type: ignore[misc]
    """The request never left."""


class _Wire(stripe.HTTPClient):  # type: ignore[misc]
    name = "urllib3"

    def __init__(self) -> None:
        super().__init__()
        self.pool = urllib3.PoolManager(ca_certs=stripe.ca_bundle_path, timeout=TIMEOUT, retries=False)

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            answer = self.pool.request(method.upper(), url, body=post_data, headers=headers, redirect=False)
        except (NewConnectionError, ConnectTimeoutError) as error:
            raise Unreached(type(error).__name__) from None
        except HTTPError as error:
            raise stripe.APIConnectionError(type(error).__name__) from None
        return answer.data, answer.status, answer.headers

    def close(self) -> None:
        self.pool.clear()


@cache
def client(api_key: str, api_base: str) -> stripe.StripeClient:
    """A client that never repeats a call by itself; `api_base` where it is not Stripe's own."""
    return stripe.StripeClient(
        api_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_base} if api_base else None,
        max_network_retries=0,
        http_client=_Wire(),
    )


@contextmanager
def told() -> Iterator[None]:
    """What Stripe answers, in our two words. Its messages may hold parts of keys, which stay out of the log.

    https://docs.stripe.com/error-low-level: a 4xx did nothing; after a 5xx, or no answer, nobody knows. Neither do we
    after an answer about things whose modules the layer leaves out.
    """
    try:
        yield
    except Unreached:
        raise NotTaken("not reached") from None
    except ModuleNotFoundError:
        raise Unanswered from None
    except stripe.StripeError as error:
        if error.http_status is None or error.http_status >= 500 or error.http_status < 400:
            raise Unanswered from None
        raise NotTaken(error.code or type(error).__name__) from None
