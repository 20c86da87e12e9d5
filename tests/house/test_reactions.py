"""The reactions: known events, verbs that exist, a chain that ends, and a page that says them all.

After a change: `python -m tests.house.test_reactions` writes the page anew.
"""

import inspect
import re
from pathlib import Path

import pytest

from shared.config import CHECKOUT
from shared.events.catalogue import CATALOGUE
from shared.events.models import Event
from shared.reactions import DEEPEST, REACTIONS, react, verb_at

PAGE = CHECKOUT / "docs" / "reactions.md"
RECORDED = re.compile(r'record\(\s*"([a-z_.]+)"')


def page() -> str:
    """Event, what it means, and the verbs that run with it."""
    lines = [
        "# Réactions",
        "",
        "| événement | ce qu’il dit | verbes appelés dans la même transaction |",
        "|---|---|---|",
    ]
    for name, paths in sorted(REACTIONS.items()):
        verbs = ", ".join(f"`{path}`" for path in paths)
        lines.append(f"| `{name}` | {CATALOGUE[name].label} | {verbs} |")
    return "\n".join([*lines, ""])


def test_the_page_is_what_the_table_says() -> None:
    assert PAGE.read_text() == page()


@pytest.mark.parametrize("name", REACTIONS)
def test_each_names_an_event_and_verbs_that_exist(name: str) -> None:
    assert name in CATALOGUE
    assert all(callable(verb_at(path)) for path in REACTIONS[name])


def test_the_chain_of_reactions_ends() -> None:
    """What a reaction's module records may cause others: no path of the table is longer than the limit."""
    assert max(_depth(name, ()) for name in REACTIONS) <= DEEPEST


def test_a_reaction_that_calls_itself_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REACTIONS, "party.created", (f"{__name__}:_again",))
    monkeypatch.setattr("shared.reactions.verb_at", lambda path: react)
    with pytest.raises(RecursionError):
        react(Event(name="party.created", actor="system"))


def _depth(name: str, seen: tuple[str, ...]) -> int:
    assert name not in seen, f"{name} comes back to itself through {seen}"
    caused = {found for path in REACTIONS.get(name, ()) for found in _recorded_by(path)}
    return 1 + max((_depth(each, (*seen, name)) for each in caused if each in REACTIONS), default=0)


def _recorded_by(path: str) -> set[str]:
    """The events that the verb itself records, as its source says."""
    return set(RECORDED.findall(inspect.getsource(verb_at(path))))


def write_page(where: Path = PAGE) -> None:
    where.write_text(page())


if __name__ == "__main__":
    write_page()
