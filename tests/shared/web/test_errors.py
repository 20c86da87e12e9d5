"""An error says what happened, that nothing was lost, and what to do."""

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from psycopg.errors import UniqueViolation
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import TooManyRequests

from shared.web.errors import EXPLANATIONS
from tests.shared.web.gallery import make_gallery


@pytest.fixture(scope="module")
def gallery() -> Flask:
    app = make_gallery()
    app.add_url_rule("/status/<int:status>", "status", lambda status: abort(status))
    app.add_url_rule("/api/v1/status/<int:status>", "api_status", lambda status: abort(status))
    app.add_url_rule("/away", "away", view_func=_away)
    app.add_url_rule("/unstorable", "unstorable", view_func=_unstorable)
    app.add_url_rule("/overtaken", "overtaken", view_func=_overtaken)
    app.add_url_rule("/slow", "slow", view_func=_slow)
    app.logger.disabled = True
    return app


def _away() -> str:
    raise OperationalError("SELECT secret-detail", {}, Exception("secret-detail"))


def _unstorable() -> str:
    raise DataError("SELECT secret-detail", {}, Exception("secret-detail"))


def _overtaken() -> str:
    raise IntegrityError("INSERT secret-detail", {}, UniqueViolation("secret-detail"))


def _slow() -> str:
    raise TooManyRequests(retry_after=60)


@pytest.mark.parametrize("status", sorted(EXPLANATIONS))
def test_each_status_has_its_page(client: FlaskClient, status: int) -> None:
    answer = client.get(f"/status/{status}")
    told = EXPLANATIONS[status]
    assert answer.status_code == status
    assert answer.text.count("<h1>") == 1
    assert f"<title>{told.title} — " in answer.text
    assert str(told.happened) in answer.text
    assert "Rien n’a" in answer.text or "en sécurité" in answer.text
    assert str(told.advice) in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("status", [404, 409, 500])
def test_htmx_shows_it_above_the_page(client: FlaskClient, status: int) -> None:
    answer = client.get(f"/status/{status}", headers={"HX-Request": "true", "HX-Target": "div#results"})
    assert answer.status_code == status
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#toasts", "beforeend")
    assert "<html" not in answer.text
    assert 'role="alert"' in answer.text


def test_the_api_gets_json(client: FlaskClient) -> None:
    answer = client.get("/api/v1/status/404")
    assert (answer.json["status"], answer.content_type) == (404, "application/problem+json")


def test_what_the_database_refuses_is_told_in_words(client: FlaskClient) -> None:
    for path, status in (("/unstorable", 400), ("/overtaken", 409)):
        answer = client.get(path)
        assert answer.status_code == status
        assert str(EXPLANATIONS[status].happened) in answer.text
        assert "secret-detail" not in answer.text


def test_a_broken_rule_is_told_in_its_own_words(client: FlaskClient) -> None:
    assert (client.get("/refused").status_code, client.get("/stale").status_code) == (422, 409)
    assert "Ce répertoire n’est plus partagé." in client.get("/refused").text
    assert "Sophie Bernard a modifié ce modèle" in client.get("/stale").text


def test_a_database_away_before_the_view_is_said_too(gallery: Flask, client: FlaskClient) -> None:
    class Away(type(gallery.session_interface)):  # type: ignore[misc]
        def open_session(self, app: Flask, request: object) -> None:
            raise OperationalError("SELECT secret-detail", {}, Exception("secret-detail"))

    usual, gallery.session_interface = gallery.session_interface, Away()
    try:
        answer = client.get("/signin")
    finally:
        gallery.session_interface = usual
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "secret-detail" not in answer.text


@pytest.mark.parametrize(("path", "status"), [("/broken", 500), ("/away", 503)])
def test_nothing_of_the_inside_leaks(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    for inside in ("secret-detail", "Traceback", "SELECT", "Error"):
        assert inside not in answer.text


def test_the_page_of_a_fault_asks_nothing_of_what_may_be_broken(gallery: Flask, client: FlaskClient) -> None:
    def failing() -> dict[str, object]:
        raise RuntimeError("the database is away")

    processors = gallery.template_context_processors[None]
    processors.append(failing)
    try:
        assert client.get("/away").status_code == 503
        assert client.get("/broken").status_code == 500
    finally:
        processors.remove(failing)


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    answer = client.post("/saved", data={"shared": "on"})
    assert answer.status_code == 403
    assert "Page restée ouverte trop longtemps" in answer.text


def test_whoever_tries_too_often_is_told_when_to_come_back(client: FlaskClient) -> None:
    assert client.get("/slow").headers["Retry-After"] == "60"
