"""How a sending may end otherwise than well."""

from collections.abc import Iterator
from contextlib import contextmanager

from kalit.kit.doors import Again

SANDBOX = "sandbox"


class NotTaken(Again):
    """The provider did not take it, surely; it may be tried again."""


class Unanswered(Exception):
    """Nobody knows whether the provider took it; to send it again might send it twice."""


@contextmanager
def told() -> Iterator[None]:
    """What AWS answers, in these two words. Its answers hold phones and addresses, which stay out of the log."""
    from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, HTTPClientError

    try:
        yield
    except (ConnectTimeoutError, EndpointConnectionError):
        raise NotTaken("not reached") from None
    except HTTPClientError:
        raise Unanswered from None
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            raise Unanswered from None
        raise NotTaken(error.response["Error"]["Code"]) from None
