"""Edits that change nothing anybody could see, with the reason; they are not drawn.

file -> place, as `tests.proof.bugs` names it -> why
"""

EQUIVALENT: dict[str, dict[str, str]] = {
    "jobs/history_store.py": {
        "boundary moved in born: JobRow.born >= since": "behind its day each birth has a time and an id: none is equal",
    },
    "jobs/overview_store.py": {
        "boundary moved in _oldest: JobRow.born >= since": "behind its day each birth has a time and an id",
    },
    "jobs/timing.py": {
        "boundary moved in runs: at.astimezone(UTC) > after": "the simulation never gives the moment that it begins at",
    },
    "kit/pages.py": {
        "boundary moved in PageQuery.number: len(self.page) < 10": (
            "a page of ten digits is refused in the next line, for nothing has a thousand million pages"
        ),
    },
    "locks/fleet_store.py": {
        "effects swapped in equip: iot.create_thing(thingName=device_id)": "neither opens anything yet",
        "effects swapped in equip: iot.attach_policy(policyName=Fleet.LOCKS.id, target=certificate)": (
            "neither opens anything yet"
        ),
        'effects swapped in retire: _if_there(lambda: aws.client("iot-data").delete_connection('
        "clientId=device_id, cleanSessio": "the certificate is revoked already, and both are tried until they are done",
        "effects swapped in retire: _if_there(lambda: iot.detach_thing_principal("
        "thingName=device_id, principal=certificate))": "the certificate is revoked already",
    },
    "locks/report_store.py": {
        "alternative dropped in _once: HeardRow.pk.does_not_exist() | (HeardRow.digest != row.digest)"
        " -> (HeardRow.digest != row.digest)": "what is not there is unequal to everything, too; it is written out",
    },
}
