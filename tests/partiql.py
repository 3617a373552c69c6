"""PartiQL statements in moto: it takes a failed condition and a row that is there already for success.

Understood are the two forms that `kalit.kit.bulk` writes; that they do on DynamoDB what they do here is tried on the
engine (tests/local/test_bulk.py).
"""

import re
from typing import Any

from moto.dynamodb.exceptions import ConditionalCheckFailed
from moto.dynamodb.models import DynamoDBBackend

LITERAL = r"'(?:[^']|'')*'|-?\d+"
INSERT = re.compile(r"INSERT INTO \"(?P<table>[^\"]+)\" VALUE \{(?P<fields>.+)\}")
UPDATE = re.compile(r"UPDATE \"(?P<table>[^\"]+)\" (?P<sets>SET .+?) WHERE (?P<when>.+)")
FIELD = re.compile(rf"'(\w+)': ({LITERAL})")
SET = re.compile(rf'SET "(\w+)"=({LITERAL})')
CONDITION = re.compile(rf'"(\w+)"([=<])({LITERAL})')


def execute(backend: DynamoDBBackend, statement: str) -> dict[str, Any]:
    """One statement's answer."""
    if found := INSERT.fullmatch(statement):
        item = {name: _value(text) for name, text in FIELD.findall(found["fields"])}
        return _answer("DuplicateItem", lambda: _put(backend, found["table"], item))
    found = UPDATE.fullmatch(statement)
    assert found, f"tests/partiql.py does not understand {statement}"
    return _answer("ConditionalCheckFailed", lambda: _update(backend, found))


def _value(literal: str) -> dict[str, str]:
    return {"S": literal[1:-1].replace("''", "'")} if literal[0] == "'" else {"N": literal}


def _answer(code: str, act: Any) -> dict[str, Any]:
    try:
        act()
    except ConditionalCheckFailed:
        return {"Error": {"Code": code, "Message": code}}
    return {}


def _put(backend: DynamoDBBackend, table: str, item: dict[str, Any]) -> None:
    backend.put_item(table, item, condition_expression="attribute_not_exists(pk)", expression_attribute_names={})


def _update(backend: DynamoDBBackend, told: re.Match[str]) -> None:
    sets, conditions = SET.findall(told["sets"]), CONDITION.findall(told["when"])
    key = {name: _value(text) for name, _, text in conditions[:2]}
    values = {f":s{n}": _value(text) for n, (_, text) in enumerate(sets)}
    values |= {f":w{n}": _value(text) for n, (_, _, text) in enumerate(conditions[2:])}
    when = [f"#{name} {sign} :w{n}" for n, (name, sign, _) in enumerate(conditions[2:])]
    backend.update_item(
        told["table"],
        key=key,
        update_expression="SET " + ", ".join(f"#{name} = :s{n}" for n, (name, _) in enumerate(sets)),
        expression_attribute_names={f"#{name}": name for name, *_ in (*sets, *conditions[2:])},
        expression_attribute_values=values,
        condition_expression=" AND ".join(["attribute_exists(pk)", *when]),
    )
