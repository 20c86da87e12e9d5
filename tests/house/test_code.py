"""The shape of the code: small files, honest names, one way in and one place where things are committed."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Enum

import shared.tables  # noqa: F401  (every noun must be known)
from shared.config import CHECKOUT
from shared.extensions import db

PRODUCT = ("backoffice", "portal", "shared")
# Longer than the limit, and why.
LONG_FILES = {
    "shared/config.py": "one table of variables, read in one place",
    "shared/people/models.py": "who there is, side by side: each class needs the others",
}
LONG_TESTS: dict[str, str] = {
    "tests/shared/notifications/test_smtp.py": "one case for each way in which a mail server fails",
    "tests/shared/notifications/test_reports.py": "whole delivery reports stand in it",
    "tests/portal/test_document.py": "one page, each kind of file and each reader",
    "tests/backoffice/test_access.py": "one grid, each cell, button and selection",
    "tests/shared/signatures/test_asking.py": "one request, each end it may come to",
    "tests/backoffice/test_explorer.py": "one page, each action and each scope",
}
LONG_TEMPLATES: dict[str, str] = {}
LONG_FUNCTIONS = {"shared/demo/clauses.py": "the whole text of a contract"}
LIMITS = {"python": 260, "test": 350, "template": 130, "function": 50}
EMPTY_NAMES = {"utils", "helpers", "common", "misc", "util", "helper"}
FLASK_FREE = ("access", "documents", "events", "intake", "notifications", "people", "settings", "sheets")
MAY_COMMIT = {"shared/transactions.py", "shared/web/commits.py", "shared/web/sessions.py", "shared/demo/filing.py"}


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((CHECKOUT / folder).rglob("*.py"))]


def name_of(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def too_long(paths: list[Path], limit: int, allowed: dict[str, str]) -> list[str]:
    return [f"{name_of(p)}: {lines(p)}" for p in paths if lines(p) > limit and name_of(p) not in allowed]


def test_files_are_short() -> None:
    templates = [path for path in sorted((CHECKOUT / "templates").rglob("*.*")) if path.is_file()]
    assert too_long([CHECKOUT / "wsgi.py", *sources(*PRODUCT)], LIMITS["python"], LONG_FILES) == []
    assert too_long(sources("tests"), LIMITS["test"], LONG_TESTS) == []
    assert too_long(templates, LIMITS["template"], LONG_TEMPLATES) == []


def test_no_exception_has_become_useless() -> None:
    allowed = [(LONG_FILES, "python"), (LONG_TESTS, "test"), (LONG_TEMPLATES, "template")]
    assert [n for names, kind in allowed for n in names if lines(CHECKOUT / n) <= LIMITS[kind] * 0.9] == []


def test_functions_are_short() -> None:
    long = [
        f"{name_of(path)}:{node.name}"
        for path in sources(*PRODUCT)
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno > LIMITS["function"] and name_of(path) not in LONG_FUNCTIONS
    ]
    assert long == []


def test_names_say_something() -> None:
    assert [name_of(path) for path in sources(*PRODUCT, "tests", "benchmarks") if path.stem in EMPTY_NAMES] == []


def test_public_functions_say_what_they_do() -> None:
    silent = [
        f"{name_of(path)}:{node.name}"
        for path in sources(*PRODUCT)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if not ast.get_docstring(node)
    ]
    assert silent == []


def test_the_nouns_know_no_flask() -> None:
    """The words of a refusal pass through flask_babel, and SMTP keeps Flask-Mail's settings: nothing else."""
    wrong = [
        f"{name_of(path)}: {module}"
        for folder in FLASK_FREE
        for path in sources(f"shared/{folder}")
        if path.stem != "commands"
        for module in imported(path)
        if module.partition(".")[0] in ("flask", "werkzeug", "flask_wtf", "flask_login")
        or module.startswith("shared.web")
    ]
    assert wrong == []


def test_commits_stand_in_two_places() -> None:
    found = {name_of(p) for p in sources(*PRODUCT) if re.search(r"session\(?\)?\.commit\(", p.read_text())}
    assert found - MAY_COMMIT == set()


def test_verbs_are_called_by_the_names_of_their_arguments() -> None:
    """A verb takes keywords only: `publish(document=…, by=…)`."""
    wrong = [
        f"{name_of(path)}:{node.name}"
        for folder in ("access", "documents", "intake", "notifications", "people", "settings")
        for path in sources(f"shared/{folder}")
        for node in functions(path)
        if any(argument.arg == "by" for argument in node.args.args) and not node.name.startswith("_")
    ]
    assert wrong == []


def test_states_are_stored_as_text() -> None:
    """An enum of the database is a migration each time a state is added."""
    columns = [column for table in db.metadata.tables.values() for column in table.columns]
    native = [str(column) for column in columns if isinstance(column.type, Enum) and column.type.native_enum]
    assert native == []


def test_every_moment_has_a_zone() -> None:
    columns = [column for table in db.metadata.tables.values() for column in table.columns]
    naive = [
        str(column)
        for column in columns
        if column.type.__class__.__name__ in ("DateTime", "TIMESTAMP") and not getattr(column.type, "timezone", True)
    ]
    assert naive == []


def test_no_pretence_is_left_behind() -> None:
    mark = re.compile(r"\b(TODO|FIXME|XXX|HACK|raise NotImplementedError|breakpoint\()")
    assert [f"{name_of(p)}: {found[0]}" for p in sources(*PRODUCT) if (found := mark.search(p.read_text()))] == []


def test_secrets_and_clocks_have_one_source() -> None:
    """`shared.clock` is what tests freeze, and `secrets` what nobody can foretell."""
    wrong = re.compile(r"\bdatetime\.(now|utcnow|today)\(|\btime\.time\(\)|^import random|^from random", re.MULTILINE)
    # The catcher is a program of its own; retries of S3 wait a random while.
    may = {"shared/clock.py", "shared/engines/catcher/store.py", "shared/documents/storage_s3.py"}
    found = {name_of(p) for p in sources(*PRODUCT) if wrong.search(p.read_text())}
    assert {name for name in found - may if not name.startswith("shared/demo/")} == set()


def test_a_day_is_the_one_it_is_where_the_company_is() -> None:
    """Between midnight in Paris and midnight in UTC, one and the same moment has two days."""
    wrong = re.compile(
        r"\bnow\(\)\.date\(|\bdate\.today\(|\bcurrent_date\b|_at\.date\(\)|cast\(\w+\.\w+_at, Date\)|_at::(date)\b"
    )
    found = [
        f"{name_of(p)}: {each[0]}"
        for p in sources(*PRODUCT, "tests", "benchmarks")
        if (each := wrong.search(p.read_text()))
    ]
    assert found == []


@pytest.mark.parametrize("contract", ["imports"])
def test_who_imports_whom(contract: str) -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
