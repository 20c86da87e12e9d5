"""What is recorded is in the catalogue, what is in the catalogue is recorded, and what it causes ends."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.config import CHECKOUT
from shared.events.catalogue import CATALOGUE
from shared.notifications.audiences import AUDIENCES
from shared.notifications.rules import SILENT
from shared.notifications.shipped import shipped_messages
from shared.notifications.shipping import RULES
from shared.reactions import DEEPEST, REACTIONS, verb_at
from shared.records import telling

SOURCES = [path for folder in ("shared", "portal", "backoffice") for path in (CHECKOUT / folder).rglob("*.py")]
SHIPPED = {"shipping.py", "shipped_rules.py", "shipped_record_rules.py", "shipped_types.py"}
WRITERS = {"record", "refused", "_record", "_tell", "note"}


def names_in(path: Path) -> set[str]:
    """The strings of a module that look like events, where the table itself does not stand."""
    tree = ast.parse(path.read_text())
    return {
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value in CATALOGUE
    }


def recorded() -> Iterator[tuple[str, str]]:
    """(module, name) of each event that a call writes by its name."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in WRITERS and node.args:
                for found in ast.walk(node.args[0]):
                    if isinstance(found, ast.Constant) and isinstance(found.value, str) and "." in found.value:
                        yield str(path.relative_to(CHECKOUT)), found.value


def test_every_event_that_is_recorded_is_in_the_catalogue() -> None:
    assert [found for found in recorded() if found[1] not in CATALOGUE] == []


def test_every_event_of_the_catalogue_is_recorded_somewhere() -> None:
    tables = {"catalogue.py", "rules.py", "reactions.py"} | SHIPPED
    used = {name for path in SOURCES if path.name not in tables for name in names_in(path)}
    assert set(CATALOGUE) - used - set(telling.events()) == set(), "those of records are made by being declared"


def test_an_event_reads_as_something_that_happened() -> None:
    wrong = [
        name for name in CATALOGUE if not (name.count(".") == 1 and name.replace(".", "").replace("_", "").isalpha())
    ]
    assert wrong == []
    assert all(kind.label[0].isupper() and "'" not in kind.label for kind in CATALOGUE.values())


def test_rules_name_what_exists() -> None:
    assert set(CATALOGUE) >= SILENT
    shipped = {message.key for message in shipped_messages()}
    for rule in RULES:
        assert rule.event in CATALOGUE and rule.event not in SILENT, rule
        assert rule.audience in AUDIENCES, rule
        assert rule.template is None or rule.template in shipped, rule


def test_every_shipped_text_has_a_rule_or_stands_beside_one() -> None:
    ruled = {rule.event for rule in RULES}
    assert {message.event for message in shipped_messages()} <= ruled


@pytest.mark.parametrize("name", REACTIONS)
def test_reactions_are_verbs_that_exist(name: str) -> None:
    assert name in CATALOGUE
    for path in REACTIONS[name]:
        assert callable(verb_at(path)), path


def test_reactions_end() -> None:
    """From each event, the reactions that its reactions may cause are three deep at most, and come back never."""

    def follow(name: str, met: tuple[str, ...]) -> int:
        assert name not in met, f"a circle: {' → '.join((*met, name))}"
        modules = {path.partition(":")[0] for path in REACTIONS.get(name, ())}
        written = {event for module in modules for event in _events_of(module, REACTIONS[name])}
        return max((1 + follow(event, (*met, name)) for event in written if event in REACTIONS), default=0)

    assert max(follow(name, ()) for name in REACTIONS) < DEEPEST


def _events_of(module: str, verbs: tuple[str, ...]) -> set[str]:
    """What the functions of `module` named in `verbs` record, by themselves or through their neighbours."""
    tree = ast.parse((CHECKOUT / f"{module.replace('.', '/')}.py").read_text())
    bodies = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    todo = [path.partition(":")[2] for path in verbs if path.startswith(f"{module}:")]
    met: set[str] = set()
    found: set[str] = set()
    while todo:
        name = todo.pop()
        if name in met or name not in bodies:
            continue
        met.add(name)
        for node in ast.walk(bodies[name]):
            if isinstance(node, ast.Name):
                todo.append(node.id)
            elif isinstance(node, ast.Constant) and node.value in CATALOGUE:
                found.add(str(node.value))
    return found
