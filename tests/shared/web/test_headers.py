"""What every answer says to the browser."""

import re

from flask.testing import FlaskClient

EXACT = (
    "default-src 'none'; script-src 'nonce-{}'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types htmx guichet"
)


def test_the_policy_is_exact_and_its_nonce_is_the_script_s(client: FlaskClient) -> None:
    answer = client.get("/signin")
    nonce = re.search(r'<script src="[^"]+" nonce="([^"]+)" defer fetchpriority="low">', answer.text)
    assert nonce
    assert answer.headers["Content-Security-Policy"] == EXACT.format(nonce[1])
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_a_nonce_serves_once(client: FlaskClient) -> None:
    policies = {client.get("/signin").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_private_answers_are_not_kept_framed_sniffed_or_told(client: FlaskClient) -> None:
    for path in ("/", "/nowhere", "/broken"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]


def test_https_is_remembered_only_over_https(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/signin").headers
    assert "Strict-Transport-Security" in client.get("/signin", base_url="https://localhost").headers


def test_every_htmx_element_bears_the_nonce(client: FlaskClient) -> None:
    answer = client.get("/office")
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert nonce
    for tag in re.findall(r"<[a-z]+[^>]* hx-[^>]*>", answer.text):
        assert f'hx-nonce="{nonce[1]}"' in tag, tag
