"""`make routes`: every door with its trigger, rights and memory."""

from .catalog import catalog


def main() -> None:
    for door in catalog():
        caller = getattr(door, "caller_kind", None)
        who = f"  [{caller.__name__.lower()}{', or nobody' if door.open_to_all else ''}]" if caller else ""  # type: ignore[attr-defined]
        print(f"{door.name:<20} {door.trigger}{who}")
        print(f"{'':<20} {door.host.memory} MB, {door.host.timeout} s: {door.summary}")
        for grant in door.grants:
            print(f"{'':<22} {grant}")


if __name__ == "__main__":
    main()
