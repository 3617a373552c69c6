"""The local engine in a process of its own, for doors that run in this one."""

import asyncio
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.local import assembly
from infra.local.deployer import REGION, Aws
from infra.local.up import Engine, Settings, free_port
from kalit.kit import aws
from kalit.kit.resources import Table

TABLE = ("KeySchema", "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes")
PATIENCE = 60  # seconds for an answer: the engine goes through a whole partition for each page of it


@contextmanager
def engine() -> Iterator[tuple[Aws, dict[str, Any]]]:
    """An engine without anything, which this process's doors call, and what the stage would hold there."""
    with tempfile.TemporaryDirectory() as folder:
        templates = Path(folder) / "templates"
        assembly.synthesize(templates, {"stage": "local"})
        template = json.loads((templates / "local-state.template.json").read_text())["Resources"]
        running = Engine(Settings(port=0, mqtt_port=free_port(), state=Path(folder) / "state", persist=False))
        running.own_the_state()
        running.start()
        asyncio.run(running.ready())
        os.environ |= {"AWS_ENDPOINT_URL": running.endpoint, "AWS_DEFAULT_REGION": REGION, "STAGE": "local"}
        os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        aws.TIMEOUTS["read_timeout"] = PATIENCE
        try:
            yield Aws(running.endpoint), template
        finally:
            asyncio.run(running.stop())


def table(dynamodb: Any, template: dict[str, Any], named: Table, name: str = "") -> None:
    """Make one of the stage's tables, under another name where one is given."""
    tables = (row["Properties"] for row in template.values() if "TableName" in row.get("Properties", {}))
    told = next(told for told in tables if told["TableName"] == f"local-{named.value}")
    name = name or told["TableName"]
    dynamodb.create_table(TableName=name, **{part: told[part] for part in TABLE if part in told})
    os.environ[named.variable] = name
