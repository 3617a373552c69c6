"""cdk.json's entry: the stacks on one screen.

Context: `stage` (infra/stages.py), and for tests and the local system `doors`, further roots of doors.
"""

from collections import defaultdict
from pathlib import Path

import aws_cdk as cdk

from kalit.kit.doors import Door

from .catalog import ROOT, catalog, endpoints, shadowed
from .edge import Api, Edge
from .hosting import Doors
from .nag import check
from .stages import STAGES
from .state import State


def build(app: cdk.App) -> None:
    """All stacks of one stage. Names derive from the stage, so a stack can be deployed by itself."""
    stage = STAGES[app.node.try_get_context("stage") or "dev"]
    more = [Path(root) for root in (app.node.try_get_context("doors") or "").split(",") if root]
    folders: dict[str, list[Door]] = defaultdict(list)
    doors = [door for door in catalog([ROOT, *more]) if stage.outboxes or not door.host.sandbox]
    for door in doors:
        folders[door.folder].append(door)

    state = State(app, f"{stage.name}-state", stage)
    api = Api(app, f"{stage.name}-api", stage)
    edge = Edge(app, f"{stage.name}-edge", stage=stage, state=state, api=api.api)
    previous: cdk.Stack = api
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
        previous = stack
    edge.add_stack_dependency(previous)
    cdk.Tags.of(app).add("product", "kalit")
    cdk.Tags.of(app).add("stage", stage.name)
    check(app, stage.name)


def main() -> None:
    app = cdk.App()
    build(app)
    app.synth()


if __name__ == "__main__":
    main()
