"""« Qui recevra quoi »: who would be told of a document filed now in a folder, by the very functions that tell them."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, any_, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from shared.clock import now
from shared.documents.consents import CONSENT_HOLDS
from shared.documents.effective import Settings, settings_of
from shared.documents.fates import ORDER, Fate, Forecast, Line, Outcome
from shared.documents.foretold_rows import around, kinds, parties
from shared.documents.foretold_signers import Signing, is_asked, signing_of
from shared.documents.models import Folder, Notify
from shared.events.models import Event
from shared.extensions import db
from shared.notifications import choosing, reasons, rules
from shared.notifications.audiences import card_recipient, slot_recipient
from shared.notifications.choosing import Told
from shared.notifications.models import Reason
from shared.notifications.recipients import Recipient
from shared.notifications.surroundings import Surroundings
from shared.notifications.withholding import address_of
from shared.people.models import Party

PUBLISHED, ASKED = "document.published", "signature.asked"
TELLS = ((PUBLISHED, "folder_slot"), (ASKED, "signature_signer"), (ASKED, "party_card"))
VIRTUAL = uuid.UUID(int=0)  # the document that nobody has filed yet
OUTCOMES = {
    Reason.SYNCHRONISATION: Outcome.WAITS,
    Reason.DRAFT: Outcome.DRAFT,
    Reason.SUSPENDED: Outcome.HELD,
    Reason.QUIET_HOURS: Outcome.QUIET,
    Reason.PLANNED: Outcome.LATER,
}


def foretell(
    *, folder: Folder, reach: ColumnElement[bool] | None = None, party_id: uuid.UUID | None = None, limit: int = 50
) -> Forecast:
    """For every open party of the family in `reach` (wants `Party`), or one of them; five queries, seven by a circuit.

    A file is supposed to be a PDF: a folder with a side asks for its signature. Parties whose fate depends on the same
    things are counted together: one of each kind is foretold for all.
    """
    chosen, signing = _chosen(folder, true() if reach is None else reach, party_id), signing_of(folder)
    alike = db.session.execute(kinds(folder, chosen, signing)).all()
    first = select(Party.id).where(chosen).order_by(Party.code_sort, Party.id).limit(limit).cte("first")
    is_listed, examples = Party.id.in_(select(first.c.id)), literal([each.example for each in alike], ARRAY(Uuid))
    query = parties(folder, chosen, signing).add_columns(is_listed.label("is_listed"))
    # One array of ids: PostgreSQL looks these up instead of going through the family.
    ids = func.array_cat(func.array(select(first.c.id).scalar_subquery()), examples, type_=ARRAY(Uuid))
    rows = db.session.execute(query.where(Party.id == any_(ids))).all()
    settings = {row.id: settings_of(folder, row.FolderException) for row in rows}
    told = choosing.all_announcing(TELLS if signing else TELLS[:1], {each.template_id for each in settings.values()})
    teller = _Teller(folder, signing, told, around(rows))
    fates = {row.id: teller.fate(row, settings[row.id]) for row in rows}
    forecast = Forecast(
        [fates[row.id] for row in rows if row.is_listed], asks=any(each.is_asked for each in fates.values())
    )
    for each in alike:
        forecast.counts[fates[each.example].outcome] += each.number
    return forecast


def _chosen(folder: Folder, reach: ColumnElement[bool], party_id: uuid.UUID | None) -> ColumnElement[bool]:
    one = Party.closed_at.is_(None) if party_id is None else Party.id == party_id
    return and_(Party.family_id == folder.family_id, one, reach)


class _Teller:
    """What was read once for all the parties, and what it says of each."""

    def __init__(self, folder: Folder, signing: Signing | None, told: list[Told], around: Surroundings) -> None:
        self.folder, self.signing, self.told, self.around = folder, signing, told, around

    def fate(self, row: Row[Any], settings: Settings) -> Fate:
        """One party, as the verbs that file, publish and ask would have it."""
        is_own = row.FolderException is not None and bool(row.FolderException.values)
        asked = self.signing is not None and is_asked(self.folder, settings)
        base = Fate(row.id, row.code, row.name, Outcome.NO_RULE, is_own, asked)
        signers = self.signing.recipients(row, settings, [VIRTUAL]) if self.signing and asked else []
        if asked and not signers:
            return replace(base, outcome=Outcome.NO_SIGNER)
        if not settings.on_portal and not asked:
            return replace(base, outcome=Outcome.NOT_SHARED)
        if settings.on_portal and row.held in CONSENT_HOLDS:
            return replace(base, outcome=Outcome.CONSENT, held_because=row.held)
        if asked:
            lines = [*self._lines(ASKED, "signature_signer", signers), *self._cards(row, signers)]
        else:
            lines = list(self._lines(PUBLISHED, "folder_slot", [self._slot(row, settings)]))
        lines.sort(key=lambda line: ORDER.index(line.outcome))
        return replace(base, outcome=lines[0].outcome, lines=tuple(lines)) if lines else base

    def _slot(self, row: Row[Any], settings: Settings) -> Recipient:
        return replace(slot_recipient(self.folder, settings, row, [VIRTUAL]), facts={"seated": bool(row.can_open)})

    def _cards(self, row: Row[Any], signers: list[Recipient]) -> Iterable[Line]:
        """A rule that tells the party itself that a signature is asked: once for each who signs."""
        card = card_recipient(row.id, row.family_id, row.locale, {})
        return self._lines(ASKED, "party_card", [card for _each in signers])

    def _lines(self, event: str, audience: str, recipients: list[Recipient]) -> Iterable[Line]:
        for rule, texts in self.told:
            if (rule.event, rule.audience) != (event, audience):
                continue
            for recipient in recipients:
                if rules.meets(rule, replace(recipient, folder=self.folder)):
                    yield from self._messages((rule, texts), recipient, event)

    def _messages(self, told: Told, recipient: Recipient, event: str) -> Iterable[Line]:
        rule, texts = told
        notify = reasons.notify_of(rule, recipient)
        if notify is Notify.NONE:
            yield Line(Outcome.SILENT)
            return
        template = texts.pick(recipient.template_id, recipient.variant)
        reason, _due = reasons.moment_of(
            Event(name=event),
            rule,
            recipient,
            template.kind if template else "service",
            now(),
            is_grouped=notify is Notify.GROUPED,
            can_open=lambda each: bool(each.facts.get("seated")),
        )
        outcome = OUTCOMES.get(reason, Outcome.TOLD)
        if outcome is Outcome.LATER and notify is Notify.GROUPED:
            outcome = Outcome.GROUPED
        for channel in rule.channels:
            yield self._line(recipient, channel, Line(outcome, template=template))

    def _line(self, recipient: Recipient, channel: str, line: Line) -> Line:
        """Where it goes, as the sender would say."""
        row = {
            "channel": channel,
            "fixed_address": recipient.fixed_address,
            "party_id": recipient.party_id,
            "slot": recipient.slot,
        }
        found = address_of(row, self.around)
        if found is None:
            return replace(line, outcome=Outcome.NO_ADDRESS, slot=recipient.slot)
        return replace(line, address=found[0], slot=found[1], is_staff=recipient.staff_id is not None)
