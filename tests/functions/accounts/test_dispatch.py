import json

from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from .app import App


def waiting(aws: Cloud, queue: Queue) -> list[dict[str, object]]:
    got = aws.client("sqs").receive_message(
        QueueUrl=aws.ids[queue], MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    return list(got.get("Messages", []))


def test_a_link_goes_to_the_accounts_address(app: App) -> None:
    app.ask_reset(**{"x-kalit-host": "kalit.uz", "x-kalit-scheme": "https"})
    message = app.told()
    assert message
    assert message["to"] == app.email
    assert "https://kalit.uz/reset/" in message["body"]


def test_a_code_goes_to_the_accounts_phone(app: App) -> None:
    app.ask_reset("sms")
    message = app.told("sms")
    assert message
    assert message["phone"] == "+998 90 123-45-67"
    assert message["text"][:6].isdigit()


def test_a_record_that_comes_twice_asks_for_one_message(app: App) -> None:
    app.ask_reset()
    [row] = app.aws.rows(Table.ACCOUNTS, "RESET#")
    for _ in range(2):
        app.aws.stream("accounts.dispatch", row)
    first, second = app.aws.messages(Queue.EMAIL)
    assert first == second, "the sender knows it by its id"


def test_an_account_that_is_gone_is_not_waited_for(app: App) -> None:
    app.ask_reset()
    key = {name: {"S": app.row[name]} for name in ("pk", "sk")}
    app.aws.client("dynamodb").delete_item(TableName=app.aws.ids[Table.ACCOUNTS], Key=key)
    assert app.told() is None


def test_the_message_is_logged_under_the_id_of_the_request_that_asked(app: App) -> None:
    app.ask_reset(**{"x-request-id": "ali-asked-7"})
    app.aws.stream("accounts.dispatch", *app.aws.rows(Table.ACCOUNTS, "RESET#"))
    [message] = waiting(app.aws, Queue.EMAIL)
    told = message["MessageAttributes"]
    assert isinstance(told, dict)
    assert told["request_id"] == {"StringValue": "ali-asked-7", "DataType": "String"}
    assert "request_id" not in json.loads(str(message["Body"]))
