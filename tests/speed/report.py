"""`docs/speed.md` and its charts, from what `tests.speed.beside` measured: the tables between its markers."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.catalog import ROOT, catalog
from tests.speed import budget, prices
from tests.speed.charts import Bar, bars

PAGE = ROOT / "docs" / "speed.md"
PICTURES = ROOT / "docs" / "pictures"
PEERS = ("FastAPI + Mangum", "DRF + Mangum", "Flask + apig-wsgi", "Chalice")
BARE, BARE_DOOR = "its requests alone", "tasks.show"  # what no framework and no SDK can do without
SHARED = {"tasks.show": "a task shown", "tasks.create": "a task created"}
# measure, beside whom, at most so many times theirs
AIMS = (("cold_ms", "FastAPI + Mangum", 0.65), ("cold_ms", "Chalice", 1.10), ("warm_us", "FastAPI + Mangum", 0.60))
WORDS = {"cold_ms": "cold CPU", "warm_us": "warm CPU"}
HEADS = ("cold CPU, ms", "warm CPU, ms", "memory, MB", "modules")
LARGEST_DOOR, LARGEST_LAYERS = 100_000, 15_000_000  # bytes

Results = Mapping[str, Any]
Row = Sequence[str]


def table(head: Row, rows: Iterable[Row]) -> str:
    """Markdown. Raises `AssertionError` where a row is not as wide as the head."""
    rows = list(rows)
    assert all(len(row) == len(head) for row in rows)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def spread(told: Sequence[float], scale: float = 1, digits: int = 0) -> str:
    """The median with the smallest and the largest."""
    middle, least, most = (f"{figure * scale:.{digits}f}" for figure in told)
    return f"{middle} ({least}-{most})"


def measures(told: Mapping[str, Sequence[float]]) -> list[str]:
    return [
        spread(told["cold_ms"]),
        spread(told["warm_us"], 0.001, 2),
        f"{told['rss_mb'][0]:.0f}",
        f"{told['modules'][0]:.0f}",
    ]


def peers(results: Results) -> str:
    """Ours and the peers', with how many times ours their CPU is."""
    measured = results["measured"]
    rows = []
    for door, what in SHARED.items():
        ours = measured[door]
        rows.append([f"**{what}**: Kalit", *measures(ours), "1.00", "1.00"])
        for peer in PEERS:
            theirs = measured[f"{peer}, {door}"]
            ratios = [f"{ours[name][0] / theirs[name][0]:.2f}" for name in WORDS]
            rows.append([peer, *measures(theirs), *ratios])
    rows.append([f"{BARE}: {SHARED[BARE_DOOR]}", *measures(measured[f"{BARE}, {BARE_DOOR}"]), "", ""])
    return table(
        [
            "",
            *HEADS,
            "ours to theirs, cold",
            "warm",
        ],
        rows,
    )


def aims(results: Results) -> str:
    """Each aim and what is reached."""
    measured = results["measured"]
    rows = []
    for door, what in SHARED.items():
        for measure, peer, most in AIMS:
            ratio = measured[door][measure][0] / measured[f"{peer}, {door}"][measure][0]
            verdict = "reached" if ratio <= most else "**missed**"
            rows.append([f"{what}, {WORDS[measure]}", f"at most {most:.2f} of {peer}'s", f"{ratio:.2f}", verdict])
    return table(["", "aim", "measured", ""], rows)


def doors(results: Results) -> str:
    own = {name: told for name, told in results["measured"].items() if name in results["used"]}
    rows = [[f"`{name}`", *measures(told), spread(told["import_ms"]), spread(told["first_ms"])]
            for name, told in own.items()]  # fmt: skip
    head = [
        "door",
        *HEADS,
        "of cold: imports",
        "first request",
    ]
    return table(head, rows)


def packages(results: Results) -> str:
    """The layers, the largest zips of doors, and what they may be."""
    sizes: Mapping[str, int] = results["sizes"]
    layers = {name: size for name, size in sizes.items() if name.startswith("layer")}
    own = sorted(((size, name) for name, size in sizes.items() if name not in layers), reverse=True)
    rows = [[name, f"{size / 1e6:.2f} MB", ""] for name, size in layers.items()]
    together = sum(layers.values())
    rows.append(["layers together", f"{together / 1e6:.2f} MB", _verdict(together, LARGEST_LAYERS, "15 MB")])
    rows += [[f"`{name}`", f"{size / 1000:.1f} KB", _verdict(size, LARGEST_DOOR, "100 KB")] for size, name in own[:3]]
    middle = own[len(own) // 2][0]
    rows.append([f"the median of all {len(own)} doors", f"{middle / 1000:.1f} KB", ""])
    return table(["zip", "size", "aim"], rows)


def _verdict(size: int, most: int, told: str) -> str:
    return f"at most {told}: {'reached' if size <= most else '**missed**'}"


def calls(_: Results) -> str:
    """How many doors keep to their aim of calls."""
    rows = [
        [f"{what} {'with an account' if account else 'that need none'}", f"at most {most}", f"{kept} of {all_of_them}"]
        for (what, account, most), (kept, all_of_them) in budget.in_aim().items()
    ]
    return table(["doors", "aim, calls", "in aim"], rows)


def bills(results: Results, names: Sequence[str]) -> dict[str, tuple[prices.Used, int, dict[str, float]]]:
    """door -> what it uses, billed milliseconds, dollars a million by what is paid for."""
    declared, allowed, told = {door.name: door for door in catalog()}, prices.budget(), {}
    for name in names:
        middle = {measure: figures[0] for measure, figures in results["measured"][name].items()}
        work = prices.Work(middle["warm_us"] / 1000, middle["cold_ms"], middle["log_bytes"], middle["answer_bytes"])
        used, door = prices.used(name, results["used"][name], allowed), declared[name]
        told[name] = (used, prices.duration(work, used.calls, door.host.memory), prices.dollars(door, work, used))
    return told


def dollars(results: Results) -> str:
    told = bills(results, results["ten"])
    parts = list(next(iter(told.values()))[2])
    rows = [
        [
            f"`{name}`",
            f"{used.calls}",
            f"{used.reads:g}",
            f"{used.writes:g}",
            f"{took}",
            *(f"{bill[part]:.2f}" for part in parts),
            f"**{sum(bill.values()):.2f}**",
        ]
        for name, (used, took, bill) in told.items()
    ]
    return table(["operation", "calls", "read units", "write units", "billed ms", *parts, "$ a million"], rows)


def price_list(_: Results) -> str:
    rows = [[name, f"{price:g} a million"] for name, price in prices.PRICES.items()]
    rows += [[name, f"{price:g}"] for name, price in prices.GB.items()]
    return table([f"list prices of us-east-1, {prices.AS_OF}", "$"], rows)


def machine(results: Results) -> str:
    """Where and how often it was measured, and how far apart rounds were."""
    spreads = [(told[2] - told[1]) / told[0] for one in results["measured"].values() for told in [one["cold_ms"]]]
    return (
        f"Measured on {results['at']}: {results['machine']}; {results['rounds']} rounds. Between the fastest and the "
        f"slowest round of a candidate lie {min(spreads):.0%} to {max(spreads):.0%} of its median of cold CPU."
    )


SECTIONS: dict[str, Callable[[Results], str]] = {
    "machine": machine,
    "aims": aims,
    "peers": peers,
    "doors": doors,
    "calls": calls,
    "packages": packages,
    "dollars": dollars,
    "prices": price_list,
}


def filled(text: str, results: Results) -> str:
    """The page with its sections anew. Raises `KeyError` where a marker names no section."""

    def section(found: re.Match[str]) -> str:
        name = found["name"]
        return f"<!-- {name} -->\n{SECTIONS[name](results)}\n<!-- /{name} -->"

    return re.sub(r"<!-- (?P<name>\w+) -->\n.*?<!-- /(?P=name) -->", section, text, flags=re.DOTALL)


def charts(results: Results) -> dict[str, str]:
    """File -> SVG."""
    measured = results["measured"]
    names = {f"Kalit: {what}": (door, True) for door, what in SHARED.items()}
    names |= {f"{peer}: {what}": (f"{peer}, {door}", False) for door, what in SHARED.items() for peer in PEERS}
    told = {"cold": ("cold_ms", "Cold CPU: start, import, first request", "ms", 1.0),
            "warm": ("warm_us", "Warm CPU of a request", "ms", 0.001)}  # fmt: skip
    drawn = {}
    for file, (measure, title, unit, scale) in told.items():
        drawn[f"speed-{file}.svg"] = bars(title, unit, [
            Bar(name, *(figure * scale for figure in measured[key][measure]), ours=own)
            for what in SHARED.values()
            for name, (key, own) in names.items() if name.endswith(what)
        ])  # fmt: skip
    costs = {name: sum(bill.values()) for name, (_, _, bill) in bills(results, results["ten"]).items()}
    drawn["speed-dollars.svg"] = bars(
        "Dollars a million of each operation", "$", [Bar(name, cost, cost, cost, True) for name, cost in costs.items()]
    )
    return drawn


def write(results: Results, page: Path = PAGE, pictures: Path = PICTURES) -> None:
    page.write_text(filled(page.read_text(), results))
    for file, text in charts(results).items():
        (pictures / file).write_text(text)


if __name__ == "__main__":
    write(json.loads((ROOT / "build" / "speed.json").read_text()))
