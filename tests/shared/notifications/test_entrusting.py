"""#mot_de_passe# by e-mail: refused as shipped; where a setting allows it, sent once and never shown again."""

import pytest
from flask import Flask
from sqlalchemy import select

from shared.access import granting, initial
from shared.access.models import Access
from shared.access.synchronising import synchronise
from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.entrusting import context_of
from shared.notifications.fields import offered
from shared.notifications.models import Notification, Reason, Status, Template
from shared.notifications.saving import current_version, save
from shared.notifications.sending import drain
from shared.notifications.shipping import ship_messages
from shared.people.models import EmailSlot
from shared.settings.changing import change
from shared.settings.reading import forget
from tests.engines import Machine
from tests.factories import office
from tests.factories.identity import Browser, a_clerk
from tests.sink import Sink

TEXT = "Bonjour,\n\nVotre mot de passe : #mot_de_passe#\n\n#lien#"


@pytest.mark.row("P-41")
def test_the_field_is_refused_until_the_setting_allows_it_and_the_setting_explains_itself(app: Flask) -> None:
    office.an_installation()
    ship_messages()
    a_clerk()
    assert "mot_de_passe" not in [field.name for field in offered(context_of("access"))]
    with pytest.raises(Refused, match="que par lettre ou par SMS"):
        _write(TEXT)
    browser = Browser(app)
    browser.sign_in_staff()
    page = browser.get("/backoffice/settings/portal").text
    assert "Un e-mail se lit en chemin" in page
    assert 'name="allowed" value="1">' in page

    assert browser.post("/backoffice/settings/password-by-mail", allowed="1").status_code == 303
    forget()

    assert "mot_de_passe" in [field.name for field in offered(context_of("access"))]
    _write(TEXT)
    browser.post("/backoffice/settings/password-by-mail")
    forget()
    assert "mot_de_passe" not in [field.name for field in offered(context_of("access"))]


@pytest.mark.row("P-41")
def test_the_password_leaves_once_and_stays_in_no_history(machine: Machine, sink: Sink) -> None:
    with machine.app.app_context():
        office.an_installation()
        ship_messages()
        change(key="password_by_mail", value=True, by="command")
        _write(TEXT)
        party = office.customer("4", addresses={EmailSlot.CARD: "fiche@boutique.fr"})
        access = granting.grant(party=party, by="command")
        initial.draw(access=access, by="command")
        clear = initial.show(access=access, by="command")
        granting.allow(access=access, by="command")
        synchronise()
        db.session.commit()
        drain("email")

        assert clear in sink.received[0].message.get_body(("plain",)).get_content()
        line = db.session.scalars(select(Notification)).one()
        assert line.status == Status.SENT
        assert clear not in (line.body or "")
        kept = db.session.scalars(select(Access)).one()
        assert kept.initial_secret is None
        events = db.session.scalars(select(Event).where(Event.name == "access.initial_handed_over")).all()
        assert [event.facts["how"] for event in events] == ["accepted"]

        granting.notify(access=kept, by="command")
        synchronise()
        db.session.commit()
        drain("email")
        second = db.session.scalars(select(Notification).order_by(Notification.id.desc()).limit(1)).one()
        assert (second.status, second.reason) == (Status.WAITING, Reason.DRAFT)
        assert "#mot_de_passe#" in (second.reply or "")


def _write(body: str) -> None:
    for key in ("access.opened", "access.renotified"):
        template = db.session.scalars(select(Template).where(Template.key == key)).one()
        current = current_version(template.id, "fr")
        assert current is not None
        save(template=template, locale="fr", subject=current.subject, body=body, seen=current.number, by="command")
