"""The files of the look agree with each other."""

import re
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[3]
TEMPLATES = [p for p in (TOP / "templates").rglob("*.html") if not {"messages", "sheets", "catcher"} & set(p.parts)]
COMPONENTS = sorted((TOP / "templates" / "components").glob("*.html"))
HELD = [
    re.findall(r'<symbol id="([^"]+)"', (TOP / "static" / name).read_text())
    for name in ("icons.svg", "icons-office.svg")
]
SPRITE = {name for sprite in HELD for name in sprite}


def test_dark_is_the_same_chosen_or_followed() -> None:
    css = (TOP / "static" / "guichet.css").read_text()
    chosen, followed = (
        re.search(pattern, css)
        for pattern in (r'\n\[data-bs-theme="dark"\] \{([^}]+)\}', r"\n  :root:not\(\[data-bs-theme\]\) \{([^}]+)\}")
    )
    assert chosen and followed
    assert chosen[1].split() == followed[1].split()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(TOP / "templates")))
def test_no_style_or_handler_is_written_in_a_page(path: Path) -> None:
    source = re.sub(r"\{%.*?%\}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"""\s(style|on[a-z]+|hx-on[^=\s]*)=["']""", source)
    assert "<style" not in source
    assert not re.search(r"<script(?![^>]*\snonce=)", source)
    assert "javascript:" not in source and "js:" not in source


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(TOP / "templates")))
def test_every_icon_named_is_in_the_sprite(path: Path) -> None:
    named = re.findall(r'(?:ui\.icon\(|\bicon(?:_end)?=)"([a-z0-9-]+)"', path.read_text())
    assert set(named) <= SPRITE


def test_the_sprites_hold_what_their_lists_name() -> None:
    lists = re.findall(r"const (?:PORTAL|OFFICE) = `([^`]+)`", (TOP / "static" / "src" / "icons.mjs").read_text())
    assert [listed.split() for listed in lists] == HELD
    assert len(SPRITE) == sum(map(len, HELD))


def test_every_macro_is_documented() -> None:
    manual = (TOP / "docs" / "look.md").read_text()
    inner = {"attributes", "count", "health", "logo", "strips", "theme_toggle"}  # what only layouts and macros call
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"^\| ([a-z_, ]+) \|", manual, flags=re.MULTILINE))))
    assert {path.stem for path in COMPONENTS} - inner <= named


def test_the_style_sheet_stays_small() -> None:
    css = (TOP / "static" / "guichet.css").read_text()
    assert "http://" not in css and "https://" not in css and "@import" not in css and "url(" not in css


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(TOP / "templates")))
def test_every_class_of_ours_has_its_style(path: Path) -> None:
    known = set(re.findall(r"\.(g-[\w-]+)", (TOP / "static" / "guichet.css").read_text()))
    source = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    written = " ".join(re.findall(r'class="([^"]*)"', source))
    plain = re.sub(r"\S*\{\{.*?\}\}\S*|\{%.*?%\}", " ", written)
    hooks = {"g-out", "g-sheet", "g-filters__act", "g-logo-preview"}  # faces and places without a style of their own
    assert {name for name in plain.split() if name.startswith("g-")} <= known | hooks
