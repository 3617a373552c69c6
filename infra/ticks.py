"""When the product's own ticks come, by stage."""

import json

from kalit.kit.schedules import Schedule

from .catalog import catalog
from .stages import Stage


def expression(door: Schedule, stage: Stage) -> str:
    """When a tick comes in a stage."""
    return door.eager if stage.eager and door.eager else door.expression


def told(stage: Stage) -> str:
    """All ticks of a stage, for a door that is told of them: name, expression and zone of each, as JSON."""
    doors = [door for door in catalog() if isinstance(door, Schedule)]
    return json.dumps([(door.name, expression(door, stage), door.zone) for door in doors])
