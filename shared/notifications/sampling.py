"""A trial of a text to oneself: a line of the outbox like another, its values made up or those of one party."""

import uuid

from flask_babel import gettext as _

from shared.config import config
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.notifications.entrusting import context_for
from shared.notifications.fields import check, sample_values
from shared.notifications.messages import brand_of
from shared.notifications.models import Notification, Template
from shared.notifications.outbox import ring_bell
from shared.notifications.promoting import check_promotion, with_promotion
from shared.notifications.rendering import compile as compile_text
from shared.notifications.trial_values import TRIED, frozen
from shared.notifications.trying import values_of
from shared.people.finding import party_in
from shared.people.models import Staff
from shared.people.scopes import Scope
from shared.settings.reading import company


def send_trial(
    *,
    template: Template,
    locale: str,
    subject: str,
    body: str,
    staff: Staff,
    by: str,
    scope: Scope,
    party_id: uuid.UUID | None = None,
    document_id: uuid.UUID | None = None,
) -> Notification:
    """Send the text as typed to `staff`, with « [Essai] » before its subject; no link of it opens anything.

    Without a party in `scope`, the values are made up. Raises Refused for a text that could not be saved, and for
    one that lacks a value.
    """
    subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
    context, brand = context_for(template), brand_of(company())
    check(subject, body, context)
    check_promotion(template.kind, body)
    party = party_in(scope, party_id) if party_id else None
    values = sample_values(context)
    if party is not None:
        values = dict(
            values_of(template=template, party_id=party.id, scope=scope, document_id=document_id, locale=locale)
        )
    missing = compile_text(subject, with_promotion(body), brand, locale=locale, kind=template.context).missing(values)
    if missing:
        raise Refused(_("Il manque une valeur pour %(fields)s.", fields=", ".join(f"#{each}#" for each in missing)))
    identity = uuid7()
    row = Notification(
        id=identity,
        event=TRIED,
        party_id=party.id if party else None,
        family_id=party.family_id if party else None,
        staff_id=staff.id,
        fixed_address=staff.email,
        template_id=template.id,
        locale=locale,
        edited_subject=f"[Essai] {subject}",
        edited_body=body,
        facts=frozen(values, locale, brand.zone, f"{config().public_url}/l/exemple"),
        message_id=f"<{identity}@{config().envelope_domain}>",
    )
    db.session.add(row)
    db.session.flush()
    record(TRIED, by=by, party_id=row.party_id, notification_id=row.id, facts={"template": template.key})
    ring_bell(row.channel)
    return row
