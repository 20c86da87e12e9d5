"""What a benchmark prints and keeps: one line a figure, with the limit of the same run beside it."""

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

LATEST = Path(__file__).with_name("latest.json")


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` and `limit` are in `unit`; `ratio` is value / limit. `least`: the target is a floor, else a ceiling."""

    name: str
    value: float
    unit: str
    limit: float
    ratio: float
    target: float
    least: bool = True

    @property
    def reached(self) -> bool:
        return self.ratio >= self.target if self.least else self.ratio <= self.target


def speed(name: str, measured: Sequence[float], limits: Sequence[float], target: float, unit: str) -> Figure:
    """A speed against a limit taken in the same rounds: the median of the rounds' own ratios."""
    ratio = statistics.median(each / limit for each, limit in zip(measured, limits, strict=True))
    return Figure(name, statistics.median(measured), unit, statistics.median(limits), ratio, target)


def ceiling(name: str, value: float, most: float, unit: str) -> Figure:
    """Something that must not exceed `most`."""
    return Figure(name, value, unit, most, value / most, 1.0, least=False)


def floor(name: str, value: float, least: float, unit: str) -> Figure:
    """Something that must reach `least`."""
    return Figure(name, value, unit, least, value / least, 1.0)


def in_turns(sides: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Each side once a round, in turning order, so that a busy moment of the machine meets them all alike."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for turn in range(rounds):
        at = turn % len(names)
        for name in names[at:] + names[:at]:
            found[name].append(sides[name]())
    return found


def report(bench: str, figures: Sequence[Figure]) -> None:
    """Print each figure and keep them in `latest.json`, beside those of the other benchmarks."""
    kept = json.loads(LATEST.read_text()) if LATEST.exists() else {}
    for each in figures:
        sign, mark = (">=" if each.least else "<="), ("ok" if each.reached else "BELOW" if each.least else "ABOVE")
        print(
            f"{each.name:<52} {_spelled(each.value):>8} {each.unit:<8} limit {_spelled(each.limit):>8}"
            f"  ratio {each.ratio:5.2f}  target {sign} {each.target:.2f}  {mark}",
            flush=True,
        )
    kept[bench] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "figures": [asdict(each) | {"reached": each.reached} for each in figures],
    }
    LATEST.write_text(json.dumps(kept, ensure_ascii=False, indent=2, sort_keys=True) + "\n")


def _spelled(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
