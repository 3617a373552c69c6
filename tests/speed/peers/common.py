"""What the four peers share, as a team would write it with boto3 and PyJWT: the caller, and the tasks' rows.

The rows and the calls are ours, so that all candidates ask the same of DynamoDB: a task shown is two reads; one created
is a read, a counter, and a transaction of two rows. The public key comes with the environment; we read it from a table.
"""

import json
import logging
import os
import time
import uuid
from datetime import UTC, datetime, timedelta

import boto3
import jwt

dynamodb = boto3.client("dynamodb")
key = jwt.PyJWK(json.loads(os.environ["JWT_KEY"])).key
log = logging.getLogger("tasks")
log.setLevel(logging.INFO)
log.addHandler(logging.StreamHandler())

ACCOUNTS, TASKS = os.environ["TABLE_ACCOUNTS"], os.environ["TABLE_TASKS"]
MOST_ACTIVE = 5


class NotSignedIn(Exception):
    """There is no token, or it does not hold."""


class TooManyTasks(Exception):
    """So many are active already."""


def authenticate(authorization):
    """The account behind an Authorization header, as it is now."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedIn
    try:
        claims = jwt.decode(
            token, key, algorithms=["ES256"], issuer="kalit", options={"require": ["exp", "sub", "sid"]}
        )
    except jwt.PyJWTError:
        raise NotSignedIn from None
    row = _get(ACCOUNTS, f"ACCOUNT#{claims['sub']}", "ACCOUNT")
    if row is None or not row["is_active"]["BOOL"] or int(row["session_version"]["N"]) != claims["ver"]:
        raise NotSignedIn
    return {"number": int(row["number"]["N"]), "role": row["role"]["S"], "username": row["username"]["S"]}


def show(owner, number):
    """One of the owner's tasks, or None."""
    row = _get(TASKS, f"OWNER#{owner}", f"TASK#{number:019d}")
    return None if row is None else _task(row)


def create(owner, task_type, input_data):
    """A pending task that takes one of its owner's slots."""
    now = datetime.now(UTC)
    told = dynamodb.update_item(
        TableName=TASKS,
        Key={"pk": {"S": "COUNTER#task"}, "sk": {"S": "COUNTER"}},
        UpdateExpression="ADD #v :one",
        ExpressionAttributeNames={"#v": "value"},
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )
    number = int(told["Attributes"]["value"]["N"])
    row = {
        "pk": {"S": f"OWNER#{owner}"},
        "sk": {"S": f"TASK#{number:019d}"},
        "task_type": {"S": task_type},
        "input": {"S": json.dumps(input_data)},
        "status": {"S": "pending"},
        "listing": {"S": f"pending#{number:019d}"},
        "open": {"S": str(number % 8)},
        "outbox": {"S": task_type},
        "sendings": {"N": "1"},
        "request_id": {"S": uuid.uuid4().hex},
        "created_at": {"S": _wire(now)},
        "due_at": {"S": _wire(now + timedelta(seconds=90))},
    }
    try:
        dynamodb.transact_write_items(
            ClientRequestToken=uuid.uuid4().hex,
            TransactItems=[
                {"Put": {"TableName": TASKS, "Item": row, "ConditionExpression": "attribute_not_exists(pk)"}},
                {
                    "Update": {
                        "TableName": TASKS,
                        "Key": {"pk": {"S": f"OWNER#{owner}"}, "sk": {"S": "COUNTS"}},
                        "UpdateExpression": "ADD active :one, #t :one, pending :one",
                        "ConditionExpression": "attribute_not_exists(active) OR active < :most",
                        "ExpressionAttributeNames": {"#t": "total"},
                        "ExpressionAttributeValues": {":one": {"N": "1"}, ":most": {"N": str(MOST_ACTIVE)}},
                    }
                },
            ],
        )
    except dynamodb.exceptions.TransactionCanceledException:
        raise TooManyTasks from None
    return _task(row)


def fits(task_type, input_data):
    """Why the input is not what its type needs, or an empty text."""
    if not isinstance(input_data, dict):
        return "The field `input_data` must be a JSON object."
    numbers, seconds = input_data.get("numbers"), input_data.get("seconds")
    if task_type == "sum":
        right = isinstance(numbers, list) and numbers and len(numbers) <= 10_000
        right = right and all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in numbers)
        return "" if right else "`numbers` must be a list of at most 10000 numbers."
    right = isinstance(seconds, int) and not isinstance(seconds, bool) and 1 <= seconds <= 86_400
    return "" if right else "`seconds` must be a positive integer, at most 86400."


def answered(operation, owner, status, began):
    """A line of log."""
    told = {"message": "answered", "function": operation, "caller_id": owner, "status": status}
    log.info(json.dumps(told | {"took_ms": round((time.perf_counter() - began) * 1000)}))


def _get(table, pk, sk):
    told = dynamodb.get_item(TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True)
    return told.get("Item")


def _task(row):
    return {
        "id": int(row["sk"]["S"].removeprefix("TASK#")),
        "task_type": row["task_type"]["S"],
        "input_data": json.loads(row["input"]["S"]),
        "status": row["status"]["S"],
        "result": json.loads(row["result"]["S"]) if "result" in row else None,
        "created_at": row["created_at"]["S"],
    }


def _wire(at):
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
