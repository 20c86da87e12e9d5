"""The message that a trial sends to whoever asks: the company's own frame, sender and reply address."""

import uuid

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.config import config
from shared.extensions import db
from shared.notifications.channels.building import make_skeleton
from shared.notifications.channels.mailboxes import Mailbox
from shared.notifications.channels.verp import envelope_sender
from shared.notifications.messages import brand_of
from shared.notifications.rendering import Brand, Rendered
from shared.notifications.rendering import compile as compile_text
from shared.notifications.senders import senders
from shared.people.models import Family
from shared.settings.reading import company


def trial_message(*, trial_id: uuid.UUID, to: str, family_key: str = "", text: Rendered | None = None) -> bytes:
    """One message as that family would get it; without a family, as the company writes. Raises Refused.

    `text` is what it says, when it is not that it arrives.
    """
    family = db.session.scalars(select(Family).where(Family.key == family_key)).one_or_none()
    brand = brand_of(company())
    sender, reply_to = senders(family, brand)
    rendered = text or _arriving(sender, brand)
    return make_skeleton(sender=sender, reply_to=reply_to).build(
        to=Mailbox(to),
        subject=rendered.subject,
        date=now(),
        message_id=f"<{trial_id}@{config().envelope_domain}>",
        text=rendered.text,
        html=rendered.html,
    )


def _arriving(sender: Mailbox, brand: Brand) -> Rendered:
    """That messages of this sender leave and arrive: nothing else."""
    compiled = compile_text(
        str(_("Essai d’envoi : %(sender)s", sender=sender.address)),
        str(
            _(
                "Bonjour,\n\nCe message d’essai est parti du portail de #société# avec l’expéditeur %(sender)s. "
                "Le recevoir prouve que les messages partent et arrivent jusqu’à vous.\n\nLe portail : #portail#",
                sender=sender.address,
            )
        ),
        brand,
        reason=str(_("Vous recevez ce message parce que vous l’avez demandé depuis le back-office de #société#.")),
    )
    return compiled.merge({})


def return_address(trial_id: uuid.UUID) -> str:
    """An envelope sender of its own, as each message has."""
    return envelope_sender(trial_id, config().envelope_domain, config().derive(b"bounce"))
