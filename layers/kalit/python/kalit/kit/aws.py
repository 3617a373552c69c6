"""AWS clients: one session and one client per service in a process, made at first use.

botocore itself rather than boto3: the same SDK without the resource layer, which costs a third of its import time.
"""

from functools import cache
from typing import Any

# A door answers within seconds: give up early and let the caller's or the queue's retry decide.
TIMEOUTS = {"connect_timeout": 1, "read_timeout": 2}

# Codes after which the same call may succeed: DynamoDB's API reference, "Error handling".
BUSY = {
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ThrottlingError",
    "ThrottlingException",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
}


@cache
def _session() -> Any:
    from botocore.session import get_session

    return get_session()


@cache
def client(service: str, attempts: int = 2) -> Any:
    """A botocore client, e.g. `client("sqs")`. Requests are built from checked models, so its own validation is off."""
    from botocore.config import Config

    config = Config(
        parameter_validation=False,
        user_agent="kalit",  # else each request would tell anew, and at some length, which SDK sent it
        retries={"mode": "standard", "total_max_attempts": attempts},
        # For links to files: by default they would be signed as S3 once was, and name no region; of a new bucket's
        # region the other regions do not know for hours.
        signature_version="s3v4" if service == "s3" else None,
        s3={"addressing_style": "virtual"} if service == "s3" else None,
        **TIMEOUTS,
    )
    return _session().create_client(service, config=config)


def error_code(error: Exception) -> str:
    """The AWS error code of a botocore error, or of the one behind a pynamodb error; empty where AWS gave none."""
    response = getattr(getattr(error, "cause", error), "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def busy(error: Exception) -> bool:
    """Whether the same call may succeed a moment later: throttled, in conflict, or not answered in time."""
    from botocore.exceptions import HTTPClientError

    if isinstance(getattr(error, "cause", error), HTTPClientError):
        return True
    return error_code(error) in BUSY
