"""What moto does slowly, done quickly and with the same answers.

Without this, tests of the doors would mostly wait for its serializer.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest import mock

import moto.dynamodb.models.table as dynamo
from botocore.useragent import UserAgentString
from moto.core import responses
from moto.core.common_models import BaseModel
from moto.core.serialize import AttributePicker, BaseJSONSerializer
from moto.core.utils import unix_time
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser
from moto.sqs.models import SQSBackend

_pick, _map = AttributePicker.__call__, BaseJSONSerializer._serialize_type_map


def _picked(picker: AttributePicker, context: Any) -> Any:
    """A member of an answer, without asking for all aliases of a name that stands there as it is.

    moto's DynamoDB uses no aliases, so what does not stand there is not there.
    """
    found = context.obj
    if type(found) is dict and not picker.response_transformers:
        if context.key in found:
            return found[context.key]
        if context.service_model.service_name == "dynamodb":
            return None
    return _pick(picker, context)


def _mapped(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """A row of an answer: it lies there as DynamoDB writes it, so nobody need ask for each type of each value."""
    if shape.value.name == "AttributeValue":
        serialized[key] = _written(value)
    else:
        _map(serializer, serialized, value, shape, key)


def _written(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _written(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_written(each) for each in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value if isinstance(value, bool) else str(value)


def _all_items(table: dynamo.Table) -> list[Any]:
    """All rows by their keys, each key read once rather than at each comparison. All keys are strings here."""
    rows = [row for found in table.items.values() for row in (found.values() if table.range_key_attr else [found])]
    return sorted(rows, key=lambda row: (row.hash_key.value, row.range_key.value if row.range_key else None))


def _is_kept(backend: SQSBackend, queue: str, message: Any) -> bool:
    """Whether a message is not too old, without counting all that wait with it."""
    kept_for: int = backend.queues[queue].message_retention_period  # type: ignore[attr-defined]
    return kept_for + message.sent_timestamp / 1000 > unix_time()


def _traversed(traverser: DepthFirstTraverser, root: Any, child: int = -1) -> Any:
    """An expression's tree worked on from its leaves; which classes of nodes are worked on is looked up once."""
    work = traverser._processing_map()
    kinds, kind = tuple(work), type(traverser)
    prepares = kind.pre_processing_of_child is not DepthFirstTraverser.pre_processing_of_child

    def visit(node: Any, child: int) -> Any:
        if not hasattr(node, "children"):
            return node
        for number, below in enumerate(node.children or ()):
            if prepares:
                traverser.pre_processing_of_child(node, number)
            visit(below, number)
        if known := _worked_on(kinds, type(node)):
            parent, node = node.parent, work[known](node)
            node.parent = parent
            if parent:
                parent.children[child] = node
        return node

    return visit(root, child)


@cache
def _worked_on(kinds: tuple[type, ...], kind: type) -> type | None:
    return next((known for known in kinds if issubclass(kind, known)), None)


def _made(kind: type[BaseModel], *_: Any, **__: Any) -> BaseModel:
    """A thing of moto's, which its register of all that was ever made is not told of: rows are made by the million."""
    return object.__new__(kind)


@contextmanager
def quick() -> Iterator[None]:
    """Everything here in force."""
    with (
        mock.patch.object(AttributePicker, "__call__", _picked),
        mock.patch.object(BaseJSONSerializer, "_serialize_type_map", _mapped),
        mock.patch.object(BaseModel, "__new__", _made),
        # Each request tells anew which SDK sent it, and nobody reads it.
        mock.patch.object(UserAgentString, "to_string", return_value="tests"),
        mock.patch.object(responses, "method_names_from_class", cache(responses.method_names_from_class)),
        mock.patch.object(dynamo.Table, "all_items", _all_items),
        mock.patch.object(DepthFirstTraverser, "traverse_node_recursively", _traversed),
        mock.patch.object(SQSBackend, "is_message_valid_based_on_retention_period", _is_kept),
    ):
        yield
