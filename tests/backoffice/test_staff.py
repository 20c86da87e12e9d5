"""« Gestionnaires » and « Rôles »: inviting, granting, disabling, and never locking everybody out."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from shared.clock import now
from shared.config import configure
from shared.events.models import Event
from shared.extensions import db
from shared.marking import mark_of
from shared.notifications.models import Notification
from shared.notifications.sending import drain
from shared.people import inviting
from shared.people.changing_roles import standing
from shared.people.commands import staff as commands
from shared.people.models import Grant, Role, Staff
from shared.people.permission_words import WORDS
from shared.people.roles import COMPANY_WIDE, ROLES
from shared.people.staffing import ship_roles
from shared.web.permissions import PORTAL, Permission
from tests.engines import Machine
from tests.factories import office, post
from tests.factories.identity import OTHER, STAFF_PASSWORD, Browser, a_clerk, an_invitation, path_of, signed_in
from tests.house.routes import routes
from tests.sink import Sink


@pytest.fixture
def boss(app: Flask) -> Browser:
    post.an_installation()
    a_clerk()
    return signed_in(app)


def role(key: str) -> Role:
    return db.session.scalars(select(Role).where(Role.key == key)).one()


def staff(email: str = "lea@exemple.fr") -> Staff:
    db.session.expire_all()
    return db.session.scalars(select(Staff).where(Staff.email == email)).one()


def events(name: str) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.name == name).order_by(Event.id)))


def invite(boss: Browser, **fields: str) -> Staff:
    answer = boss.post(
        "/backoffice/staff",
        **{"name": "Léa Petit", "email": "Lea@exemple.fr", "locale": "fr", "role": str(role("referent").id)} | fields,
    )
    assert answer.status_code == 303, answer.text
    return staff()


def a_link(invited: Staff) -> str:
    return path_of(an_invitation(invited))


def test_an_invited_clerk_chooses_a_password_and_comes_in(app: Flask, boss: Browser) -> None:
    lea = invite(boss, family=str(office.family("customers").id))
    assert (lea.password_hash, lea.grants[0].family_id) == (None, office.family("customers").id)
    line = db.session.scalars(select(Notification).where(Notification.staff_id == lea.id)).one()
    assert (line.fixed_address, line.kind, line.event) == ("lea@exemple.fr", "security", "staff.invited")
    assert Browser(app).sign_in_staff("lea@exemple.fr", "").status_code == 422
    newcomer, path = Browser(app), a_link(lea)
    for _look in range(2):
        assert "Léa Petit" in newcomer.get(path).text
    assert newcomer.post(path, password="lea petit 12").status_code == 422
    answer = newcomer.post(path, password=STAFF_PASSWORD)
    assert answer.location == "/backoffice/" and answer.headers["Referrer-Policy"] == "no-referrer"
    assert "mot de passe est enregistré" in newcomer.get("/backoffice/").text
    assert Browser(app).get(path).status_code == 410, "the link has served"
    assert Browser(app).get("/backoffice/invitation/faux").status_code == 410


@pytest.mark.parametrize(("locale", "subject"), [("fr", "Votre accès"), ("en", "Your access")])
def test_the_invitation_carries_its_link(machine: Machine, sink: Sink, locale: str, subject: str) -> None:
    configure(machine.config)
    with machine.app.app_context():
        post.an_installation()
        ship_roles()
        inviting.invite(email="lea@exemple.fr", name="Léa", role=role("reader"), by="command", locale=locale)
        db.session.commit()
        assert drain("email") == 1
        kept = db.session.scalars(select(Notification)).one().body
    (mail,) = sink.received
    plain = mail.message.get_body(("plain",))
    assert plain is not None and subject in mail.message["Subject"] and mail.recipients == ["lea@exemple.fr"]
    found = re.search(r"https?://[^/\s]+(/backoffice/invitation/\S+)", plain.get_content())
    assert found and found[1] not in (kept or "")
    newcomer = Browser(machine.app)
    assert "Léa" in newcomer.get(found[1]).text
    assert newcomer.post(found[1], password=STAFF_PASSWORD).location == "/backoffice/"


def test_a_second_invitation_ends_the_first(app: Flask, boss: Browser) -> None:
    lea = invite(boss)
    first = a_link(lea)
    second = a_link(lea)
    assert Browser(app).get(first).status_code == 410 and Browser(app).get(second).status_code == 200
    boss.post(f"/backoffice/staff/{lea.id}/disable")
    assert Browser(app).get(second).status_code == 410
    boss.post(f"/backoffice/staff/{lea.id}/enable")
    assert Browser(app).get(second).status_code == 410
    with time_machine.travel(now() + timedelta(hours=3)):
        assert Browser(app).get(a_link(staff())).status_code == 200


def test_an_invited_administrator_enrols_before_all_else(app: Flask, boss: Browser) -> None:
    lea = invite(boss, role=str(role("administrator").id))
    newcomer, path = Browser(app), a_link(lea)
    newcomer.get(path)
    newcomer.post(path, password=STAFF_PASSWORD)
    assert newcomer.get("/backoffice/").location == "/backoffice/second-factor"


def test_nothing_typed_is_lost_when_an_invitation_is_refused(boss: Browser) -> None:
    for wrong in ({"email": "pas une adresse"}, {"email": "jeanne@exemple.fr"}, {"name": " "}):
        fields = {"name": "Léa Petit", "email": "lea@exemple.fr", "role": str(role("reader").id)} | wrong
        answer = boss.post("/backoffice/staff", locale="fr", **fields)
        assert answer.status_code == 422 and "aria-invalid" in answer.text
        assert ("Léa Petit" in answer.text) is (fields["name"] != " ")
    assert db.session.scalar(select(func.count()).select_from(Staff)) == 1


def test_disabling_ends_sessions_and_enabling_does_not_bring_them_back(app: Flask, boss: Browser) -> None:
    marc = a_clerk("manager", "marc@exemple.fr")
    browser = Browser(app)
    browser.sign_in_staff("marc@exemple.fr")
    assert browser.get("/backoffice/").status_code == 200
    boss.post(f"/backoffice/staff/{marc.id}/disable")
    assert browser.get("/backoffice/").status_code == 303
    assert browser.sign_in_staff("marc@exemple.fr").status_code == 422
    boss.post(f"/backoffice/staff/{marc.id}/enable")
    assert browser.get("/backoffice/").status_code == 303
    assert browser.sign_in_staff("marc@exemple.fr").location == "/backoffice/"
    assert [event.facts["name"] for event in events("staff.disabled") + events("staff.enabled")] == ["Jeanne Roy"] * 2


def test_the_last_administrator_is_never_locked_out(boss: Browser) -> None:
    jeanne = staff("jeanne@exemple.fr")
    page = f"/backoffice/staff/{jeanne.id}"
    invite(boss, role=str(role("administrator").id))  # who cannot sign in yet
    for path in (f"{page}/disable", f"{page}/grants/{jeanne.grants[0].id}/remove"):
        answer = boss.post(path)
        assert answer.status_code == 422 and "dernier administrateur" in answer.text
    a_clerk(email="marc@exemple.fr")
    assert boss.post(f"{page}/grants/{jeanne.grants[0].id}/remove").status_code == 303
    assert boss.client.get("/backoffice/staff").status_code == 403


def test_a_reset_of_the_factor_asks_for_another_one(app: Flask, boss: Browser) -> None:
    marc = a_clerk(email="marc@exemple.fr")
    browser = Browser(app)
    browser.sign_in_staff("marc@exemple.fr")
    boss.post(f"/backoffice/staff/{marc.id}/reset-second-factor")
    assert browser.get("/backoffice/").location.startswith("/backoffice/sign-in")
    found = staff("marc@exemple.fr")
    assert found.totp_secret is None and found.second_factor_at is None
    browser.sign_in_staff("marc@exemple.fr")
    assert browser.get("/backoffice/").location == "/backoffice/second-factor"
    assert [event.facts["staff"] for event in events("staff.second_factor_reset")] == [str(marc.id)]


def test_payslips_open_once_a_grant_names_them_and_the_journal_says_who_gave_it(boss: Browser) -> None:
    jeanne, payslips = staff("jeanne@exemple.fr"), office.folder("e.payslips")
    shown = "/backoffice/explorer?family=employees"
    assert payslips.label not in boss.get(shown).text
    page = boss.get(f"/backoffice/staff/{jeanne.id}").text
    assert "habilitation nominative" in page
    path = f"/backoffice/staff/{jeanne.id}/grants"
    given = {"role": str(jeanne.grants[0].role_id), "folder": str(payslips.id), "family": "", "activity": ""}
    assert boss.post(path, **given).status_code == 303
    assert payslips.label in boss.get(shown).text
    (line,) = events("staff.granted")
    assert line.facts["oneself"] is True and line.facts["folder"] == payslips.label
    assert line.actor == f"staff:{jeanne.id}"
    assert boss.post(path, **given).status_code == 422, "twice the same"
    wrong = given | {"family": str(office.family("customers").id)}
    assert "de cette famille" in boss.post(path, **wrong).text


def test_a_role_of_ones_own_does_what_it_says(app: Flask, boss: Browser) -> None:
    fields = {"label": "Accueil", "permissions": "backoffice:parties:see"}
    assert boss.post("/backoffice/roles", **fields).status_code == 303
    assert boss.post("/backoffice/roles", **fields).status_code == 422, "the name is taken"
    made = db.session.scalars(select(Role).where(Role.label == "Accueil")).one()
    assert set(made.permissions) == {"backoffice:home:see", "backoffice:account:edit", "backoffice:parties:see"}
    marc = a_clerk("reader", "marc@exemple.fr")
    marc.grants[0].role = made
    db.session.flush()
    browser = Browser(app)
    browser.sign_in_staff("marc@exemple.fr")
    assert browser.get("/backoffice/parties").status_code == 200
    assert browser.get("/backoffice/history").status_code == 403
    change, seen = f"/backoffice/roles/{made.id}", mark_of(standing(made))
    typed = {"label": "Accueil", "second_factor": "y", "permissions": "backoffice:history:see"}
    assert boss.post(change, **typed, seen=seen).status_code == 303
    assert browser.get("/backoffice/history").location == "/backoffice/second-factor"
    (line,) = events("role.changed")
    assert (
        line.facts["after"]["second_factor"] is True and "backoffice:parties:see" in line.facts["before"]["permissions"]
    )
    answer = boss.post(f"{change}/delete")
    assert answer.status_code == 422 and "sert encore" in answer.text
    db.session.delete(db.session.get(Staff, marc.id))
    db.session.flush()
    assert boss.post(f"{change}/delete").status_code == 303
    assert not db.session.scalars(select(Role).where(Role.label == "Accueil")).all()


def test_the_administrator_keeps_everything(boss: Browser) -> None:
    administrator = role("administrator")
    seen = mark_of(standing(administrator))
    assert boss.post(f"/backoffice/roles/{administrator.id}", label="Chef", seen=seen).status_code == 303
    db.session.expire_all()
    assert administrator.label == "Chef" and administrator.second_factor
    assert set(administrator.permissions) == set(ROLES["administrator"][1])
    assert boss.post(f"/backoffice/roles/{administrator.id}/delete").status_code == 422


def test_a_shipped_role_that_was_deleted_does_not_come_back(boss: Browser) -> None:
    referent = role("referent")
    assert boss.post(f"/backoffice/roles/{referent.id}/delete").status_code == 303
    assert ship_roles() == 0
    assert "Référent" not in boss.get("/backoffice/roles").text
    assert boss.get(f"/backoffice/roles/{referent.id}").status_code == 404
    assert "Référent" not in boss.get("/backoffice/staff/new").text


def test_every_permission_has_its_words() -> None:
    assert set(WORDS) == {str(one) for one in Permission} - {str(one) for one in PORTAL}


def test_who_has_a_part_of_the_company_decides_nothing_for_all_of_it(app: Flask, boss: Browser) -> None:
    """Whoever manages staff of one family would give themselves the others; so would a token of the API."""
    marc = a_clerk(email="marc@exemple.fr")
    marc.grants[0].family_id = office.family("customers").id
    db.session.flush()
    browser, before = Browser(app), db.session.scalar(select(func.count()).select_from(Grant))
    browser.sign_in_staff("marc@exemple.fr")
    tried = set()
    for route in routes(app):
        if route.permission in COMPANY_WIDE:
            url = route.path.replace("<uuid:staff_id>", str(marc.id)).replace("<uuid:role_id>", str(role("reader").id))
            url = route._replace(path=url.replace("<uuid:grant_id>", str(marc.grants[0].id))).filled()
            answer = browser.client.open(url, method=route.method, data={"csrf_token": browser.token})
            assert answer.status_code == 403, url
            tried.add(route.permission)
    assert tried == COMPANY_WIDE
    assert db.session.scalar(select(func.count()).select_from(Grant)) == before
    menu = browser.get("/backoffice/").text
    assert 'href="/backoffice/staff"' not in menu and 'href="/backoffice/access"' in menu


def test_an_operator_resets_a_lost_factor(app: Flask, boss: Browser) -> None:
    answer = app.test_cli_runner().invoke(commands, ["reset-second-factor", "Jeanne@exemple.fr"])
    assert answer.exit_code == 0 and "sessions fermées : 1" in answer.output
    assert staff("jeanne@exemple.fr").second_factor_at is None
    assert app.test_cli_runner().invoke(commands, ["reset-second-factor", "x@exemple.fr"]).exit_code == 1


def test_another_password_leaves_the_factor(boss: Browser) -> None:
    boss.get("/backoffice/account")
    boss.post("/backoffice/account/password", old=STAFF_PASSWORD, password=OTHER)
    assert staff("jeanne@exemple.fr").second_factor_at is not None
