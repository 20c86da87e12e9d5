"""Service and information: promotion only to whoever takes it, document notices to everybody."""

import pytest
from sqlalchemy import select

from shared.errors import Refused
from shared.extensions import db
from shared.marking import mark_of
from shared.notifications import outbox
from shared.notifications.arranging import arrange, create, standing
from shared.notifications.audiences import Recipient
from shared.notifications.models import Notification, Status, Template
from shared.notifications.preferring import prefer, refuses
from shared.notifications.promoting import looks_promotional
from shared.notifications.refusals import Subject
from shared.notifications.rule_models import Rule
from shared.notifications.saving import save
from shared.notifications.sending import drain
from shared.people.models import EmailSlot, Party
from tests.engines import Machine
from tests.factories import post
from tests.sink import Sink

BY = "command"
PROMOTING = "Bonjour,\n\n#document#\n\n[promotion]\nDix pour cent sur tout le rayon.\n[/promotion]\n\nOuvrir : #lien#"


def informing(label: str = "Nouvelles") -> Template:
    source = db.session.scalars(select(Template).where(Template.key == "document.published.statement")).one()
    own = create(source=source, label=label, family_id=None, by=BY)
    arrange(
        template=own,
        label=label,
        family_id=None,
        kind="information",
        blind_copies="",
        seen=mark_of(standing(own)),
        by=BY,
    )
    save(template=own, locale="fr", subject="Nouveautés", body=PROMOTING, seen=1, by=BY)
    return own


def news(party: Party, template: Template) -> Notification:
    """An information message about no document, as a campaign makes it."""
    template.context = "manual"
    save(template=template, locale="fr", subject="Nouveautés", body="[promotion]\nSoldes.\n[/promotion]", seen=2, by=BY)
    recipient = Recipient(key=f"news:{party.id}", party_id=party.id, family_id=party.family_id, slot=EmailSlot.BILLING)
    event = post.record("template.created", by=BY, facts={"template": template.label})
    rule = Rule(key="news", event="x", label="x", audience="folder_slot", template_id=template.id)
    db.session.add(rule)
    db.session.flush()
    row = outbox.plan(event=event, rule=rule, recipient=recipient, channel="email")
    assert row is not None
    return row


@pytest.mark.row("FR-14")
def test_a_service_text_with_a_promotional_block_is_refused(office: Machine) -> None:
    template = db.session.scalars(select(Template).where(Template.key == "document.published")).one()
    with pytest.raises(Refused, match="promotion"):
        save(template=template, locale="fr", subject="x", body=PROMOTING, seen=1, by=BY)
    own = informing()
    with pytest.raises(Refused, match="promotion"):
        arrange(
            template=own,
            label=own.label,
            family_id=None,
            kind="service",
            blind_copies="",
            seen=mark_of(standing(own)),
            by=BY,
        )
    assert looks_promotional("service", "", "Profitez de nos soldes : −20 %, code promo ÉTÉ")
    assert not looks_promotional("service", "Votre facture", "Bonjour, votre facture est disponible.")


@pytest.mark.row("FR-14")
def test_refusing_information_leaves_document_notices_on(office: Machine, sink: Sink) -> None:
    party, folder = post.a_customer(), post.invoices()
    own = informing()
    folder.template_id = own.id
    post.announced(party, folder, "FA-1")
    db.session.commit()
    assert drain("email") == 1
    first = sink.received[-1]
    assert "Dix pour cent" in first.text and "[promotion]" not in first.text
    assert prefer(subject=Subject(party_id=party.id), information=False, by=BY, how="backoffice")
    assert not prefer(subject=Subject(party_id=party.id), information=False, by=BY, how="backoffice")
    post.announced(party, folder, "FA-2")
    db.session.commit()
    assert drain("email") == 1
    second = sink.received[-1]
    assert "FA-2" in second.text and "Dix pour cent" not in second.text
    assert second.message["List-Unsubscribe"] is None


@pytest.mark.row("FR-14")
def test_a_refusal_is_looked_at_when_the_message_leaves(office: Machine, sink: Sink) -> None:
    party = post.a_customer()
    row = news(party, informing())
    prefer(subject=Subject(party_id=party.id), information=False, by=BY, how="portal")
    db.session.commit()
    assert drain("email") == 0 and not sink.received
    (line,) = post.lines()
    assert line.id == row.id and line.status is Status.CANCELLED


@pytest.mark.row("FR-14")
def test_an_information_message_ends_by_one_click(office: Machine, sink: Sink) -> None:
    party = post.a_customer()
    news(party, informing())
    db.session.commit()
    assert drain("email") == 1
    (message,) = sink.received
    assert "Soldes." in message.text
    assert message.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = message.message["List-Unsubscribe"].strip("<>")
    assert url in message.text
    path = url.partition("://")[2].partition("/")[2]
    stranger = office.app.test_client()
    for _time in range(2):
        assert stranger.get(f"/{path}").status_code == 200
    assert not refuses(Subject(party_id=party.id)), "looking changes nothing"
    answer = stranger.post(f"/{path}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    db.session.rollback()
    assert refuses(Subject(party_id=party.id))
    assert stranger.get("/u/faux").status_code == 404 == stranger.post("/u/faux").status_code
