"""The accessibility declaration: as the law asks for it, with the figures of the last run of the tests alone."""

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template

from shared.people.models import Family
from shared.web.accessibility import ALL_CRITERIA, FOUND, Declaration, Face, declaration, read, state_words
from tests.factories import office
from tests.factories.company import a_company, may_see_payslips
from tests.factories.identity import Browser
from tests.house.pages import browsers, pages

ADDRESSES: dict[Face, str] = {"portal": "/accessibility", "backoffice": "/backoffice/accessibility"}
FOUND_ONE = {
    "tested_on": "2026-03-09",
    "engine": "axe-core 9.9",
    "rules": {"portal": {"color-contrast": ["3.2"], "label": ["11.1"], "image-alt": ["1.1"]}, "backoffice": {}},
    "pages": [
        {
            "page": "portal.home",
            "path": "/",
            "passed": 2,
            "faults": {"color-contrast": {"impact": "moderate", "elements": 7}},
        },
        {"page": "backoffice.home", "path": "/backoffice/", "passed": 2, "faults": {}},
    ],
}


@pytest.mark.row("FR-18")
def test_the_last_run_saw_every_page_and_no_serious_fault(app: Flask) -> None:
    """After a new page: « make accessibility »."""
    looked = json.loads(FOUND.read_text())["pages"]
    assert {page["page"] for page in looked} == set(pages(a_company()))
    wrong = [f"{page['page']}: {rule}" for page in looked for rule, fault in page["faults"].items() if _serious(fault)]
    assert wrong == []
    assert all(page["passed"] > 0 for page in looked)


@pytest.mark.row("FR-18")
@pytest.mark.parametrize("face", ADDRESSES)
def test_the_declaration_shows_the_figures_of_the_run(app: Flask, face: Face) -> None:
    office.an_installation()
    told, text = json.loads(FOUND.read_text()), _text(app, ADDRESSES[face])
    looked = [page for page in told["pages"] if page["page"].startswith(f"{face}.")]
    found = declaration(face)
    year, _month, day = told["tested_on"].split("-")
    shown = _keys(app, ADDRESSES[face])
    assert shown["Outil"] == told["engine"]
    assert str(int(day)) in shown["Date des contrôles"] and year in shown["Date des contrôles"]
    assert _number(shown["Pages contrôlées"]) == len(looked)
    assert _number(shown["Contrôles réussis"]) == sum(page["passed"] for page in looked)
    assert _number(shown["Règles du RGAA appliquées"]) == len(told["rules"][face])
    assert _number(shown["Non-conformités trouvées"]) == sum(len(page["faults"]) for page in looked)
    assert shown["Critères concernés"] == f"{len(found.criteria)} sur {ALL_CRITERIA}"
    assert state_words(found.state) in text


@pytest.mark.row("FR-18")
@pytest.mark.parametrize("url", ADDRESSES.values())
def test_it_says_what_the_law_asks_for(app: Flask, url: str) -> None:
    """Decree 2019-768, article 5: the state, what is out of reach and why, whom to ask, and the remedies."""
    office.an_installation()
    text = _text(app, url)
    for words in ("2005-102", "RGAA", "partiellement conforme", "Contenus non accessibles", "Défenseur des droits"):
        assert words in text
    assert "répondez au message" in text
    customers = office.family()
    customers.sender_address = "facturation@moulin.example"
    assert "facturation@moulin.example" in _text(app, url)
    _answers_to(customers, "accueil@moulin.example")
    assert "accueil@moulin.example" in _text(app, url)


@pytest.mark.row("FR-18")
def test_every_page_leads_to_it(app: Flask) -> None:
    company = a_company()
    may_see_payslips(company.clerk)
    visitors, missing = browsers(app, company), []
    for endpoint, shown in pages(company).items():
        face: Face = "backoffice" if endpoint.startswith("backoffice.") else "portal"
        answer = visitors[shown[0].who].get(shown[0].url)
        link = BeautifulSoup(answer.text, "lxml").select_one(f'footer a[href="{ADDRESSES[face]}"]')
        if link is None or state_words(declaration(face).state) not in link.text:
            missing.append(shown[0].url)
    assert missing == []


def test_a_fault_is_declared_with_its_page_and_its_criterion(app: Flask, tmp_path: Path) -> None:
    found = _a_run(tmp_path, FOUND_ONE)
    assert (found.pages, found.passed, found.rules, found.state) == (1, 2, 3, "partial")
    with app.test_request_context("/accessibility"):
        page = render_template(
            "layouts/accessibility.html", found=found, state="", all_criteria=ALL_CRITERIA, contact=""
        )
    (row,) = BeautifulSoup(page, "lxml").select("tbody tr")
    assert [cell.get_text(strip=True) for cell in row.select("td")] == ["/", "color-contrast", "3.2", "modérée", "7"]


def test_less_than_half_of_the_criteria_is_not_conform(tmp_path: Path) -> None:
    faults = {name: {"impact": "minor", "elements": 1} for name in ("label", "image-alt")}
    told = {**FOUND_ONE, "pages": [{"page": "portal.home", "path": "/", "passed": 1, "faults": faults}]}
    assert _a_run(tmp_path, told).state == "none"


def _a_run(folder: Path, told: object) -> Declaration:
    file = folder / "found.json"
    file.write_text(json.dumps(told))
    return read(file, "portal")


def _serious(fault: dict[str, str]) -> bool:
    return fault["impact"] in ("serious", "critical")


def _answers_to(family: Family, address: str) -> None:
    family.reply_to = address


def _text(app: Flask, url: str) -> str:
    answer = Browser(app).get(url)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml").get_text(" ", strip=True)


def _keys(app: Flask, url: str) -> dict[str, str]:
    soup = BeautifulSoup(Browser(app).get(url).text, "lxml")
    return {
        pair.dt.get_text(strip=True): pair.dd.get_text(strip=True)
        for pair in soup.select("#declaration .g-keys > div")
        if pair.dt and pair.dd
    }


def _number(text: str) -> int:
    return int("".join(character for character in text if character.isdigit()))
