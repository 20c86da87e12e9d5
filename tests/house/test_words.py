"""Words that the product may not use: « coffre-fort » is a protected notion (Code des postes, L103)."""

import ast
import re

import pytest

from shared.config import CHECKOUT

PROTECTED = re.compile(r"coffres?[\s\-\u2010\u2011\u00a0]*forts?", re.IGNORECASE)
SHOWN = ("templates", "shared/translations", "static/src")
SUFFIXES = {".html", ".txt", ".typ", ".po", ".js", ".json", ".jinja", ".xml"}


@pytest.mark.row("FR-09")
def test_no_page_mail_letter_or_catalogue_says_coffre_fort() -> None:
    paths = [path for folder in SHOWN for path in (CHECKOUT / folder).rglob("*") if path.suffix in SUFFIXES]
    assert len(paths) > 100
    said = [str(path) for path in paths if PROTECTED.search(path.read_text(encoding="utf-8"))]
    assert [*said, *_sentences()] == []


def _sentences() -> list[str]:
    """Every text of the code that could reach a screen or a sheet."""
    return [
        f"{path.relative_to(CHECKOUT)}:{node.lineno}"
        for folder in ("shared", "portal", "backoffice")
        for path in (CHECKOUT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and PROTECTED.search(node.value)
    ]
