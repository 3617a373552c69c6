"""cdk.json's entry: the stacks on one screen.

Context: `stage` (infra/stages.py), and for tests and the local system `doors`, further roots of doors.
"""

import os
from collections import defaultdict
from pathlib import Path

import aws_cdk as cdk

from kalit.kit.doors import Door

from .catalog import ROOT, catalog, endpoints, shadowed
from .edge import Api, Edge
from .hosting import Doors
from .nag import check
from .shield import Shield
from .stages import Stage, chosen
from .state import State
from .watch.stack import Watch


def build(app: cdk.App, stage: Stage) -> None:
    """All stacks of one stage. Names derive from the stage, so a stack can be deployed by itself."""
    more = [Path(root) for root in (app.node.try_get_context("doors") or "").split(",") if root]
    folders: dict[str, list[Door]] = defaultdict(list)
    doors = [door for door in catalog([ROOT, *more]) if stage.outboxes or not door.host.outbox]
    for door in doors:
        folders[door.folder].append(door)

    state = State(app, f"{stage.name}-state", stage)
    api = Api(app, f"{stage.name}-api", stage)
    if stage.web_acl:
        Shield(app, f"{stage.name}-shield", stage)
    edge = Edge(app, f"{stage.name}-edge", stage=stage, state=state, api=api.api)
    previous: cdk.Stack = api
    hosts: list[Doors] = []
    for folder, own in folders.items():
        stack = Doors(
            app,
            f"{stage.name}-{folder}-doors",
            folder=folder,
            doors=own,
            state=state,
            api=api.api,
            shadowed=shadowed(endpoints(doors)),
        )
        # One after another: API Gateway throttles routes that are made in bulk.
        stack.add_stack_dependency(previous)
        hosts.append(stack)
        previous = stack
    edge.add_stack_dependency(previous)
    watch = Watch(app, f"{stage.name}-watch", stage=stage, state=state, api=api.api, doors=hosts)
    watch.add_stack_dependency(edge)
    cdk.Tags.of(app).add("product", "kalit")
    cdk.Tags.of(app).add("stage", stage.name)
    check(app, stage.name)


def main() -> None:
    app = cdk.App()
    build(app, chosen(app.node.try_get_context("stage") or "dev", os.environ))
    app.synth()


if __name__ == "__main__":
    main()
