"""Templates: each is used and readable, each address it names exists, and nothing in it is trusted as markup."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from shared.config import CHECKOUT

FOLDER = CHECKOUT / "templates"
PAGES = [path for path in sorted(FOLDER.rglob("*.html")) if path.parent.name not in ("messages",)]
CODE = [path for folder in ("shared", "portal", "backoffice") for path in (CHECKOUT / folder).rglob("*.py")]
GALLERY = sorted((CHECKOUT / "tests/shared/web/gallery").rglob("*.html"))
WORDS = {"_", "gettext", "ngettext", "pgettext", "npgettext"}


def name_of(path: Path) -> str:
    return str(path.relative_to(FOLDER))


@pytest.fixture(params=PAGES, ids=name_of)
def tree(request: pytest.FixtureRequest, app: Flask) -> nodes.Template:
    return app.jinja_env.parse(request.param.read_text(), request.param.name)


def test_a_template_reads_and_trusts_nothing(tree: nodes.Template) -> None:
    assert [each.lineno for each in tree.find_all(nodes.Filter) if each.name in ("safe", "tojson", "xmlattr")] == []
    assert not list(tree.find_all(nodes.ScopedEvalContextModifier)), "{% autoescape %}"


def test_only_what_a_template_writes_itself_is_translated_by_it(tree: nodes.Template) -> None:
    """Jinja takes the first argument of `_()` for markup: a name of somebody there would run. `| said` does not."""
    wrong = [
        call.lineno
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        and call.node.name in WORDS
        and not all(isinstance(word, nodes.Const) for word in call.args[: 2 if call.node.name[0] == "n" else 1])
    ]
    assert wrong == []


def test_every_address_that_a_template_names_exists(app: Flask, tree: nodes.Template) -> None:
    named = {
        call.args[0].value
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "url_for" and isinstance(call.args[0], nodes.Const)
    }
    assert named - set(app.view_functions) == set()


def test_a_template_decides_no_permission() -> None:
    wrong = re.compile(r"Permission\.|\bholds\(\w+, *[\"']|current_user|staff\.grants")
    assert [name_of(path) for path in PAGES if wrong.search(path.read_text())] == []


def test_every_template_is_used() -> None:
    """The catcher names its own from its folder; components have a test of their own."""
    used = "\n".join(path.read_text() for path in [*CODE, *PAGES, *GALLERY])
    apart = {name_of(path) for path in PAGES if path.parent.name in ("components", "catcher")}
    assert {name for name in map(name_of, PAGES) if f'"{name}"' not in used} - apart == set()


def test_every_component_is_called_or_shown_in_the_gallery() -> None:
    text = "\n".join(path.read_text() for path in [*CODE, *PAGES, *GALLERY])
    names = {path.stem for path in PAGES if path.parent.name == "components"}
    assert {name for name in names if f"ui.{name}(" not in text and f'ui.kept("{name}"' not in text} == set()


def test_every_macro_has_a_caller() -> None:
    everything = "\n".join(path.read_text() for path in PAGES)
    macros = {name for path in PAGES for name in re.findall(r"{% macro (\w+)\(", path.read_text())}
    assert {name for name in macros if len(re.findall(rf"\b{name}\b", everything)) < 2} == set()
