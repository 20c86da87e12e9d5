"""Whether a claimed row may still leave, and where to: looked at again at the moment of sending."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, RowMapping

from shared.clock import now
from shared.notifications.applying import no_longer
from shared.notifications.codes import why_it_stays
from shared.notifications.models import Reason, Status
from shared.notifications.promoting import SECURITY
from shared.notifications.quiet import next_allowed
from shared.notifications.surroundings import Surroundings
from shared.notifications.trial_values import TRIED
from shared.people.models import EmailSlot
from shared.words import N_

TOO_MANY_BOUNCES = 2
MAIL = "email"


@dataclass(frozen=True)
class Stopped:
    """A row that does not leave now: cancelled, or waiting for a reason."""

    row: RowMapping
    status: Status
    reply: str
    reason: Reason = Reason.NONE
    due_at: datetime | None = None  # when it may leave, where that is known


def why_not(row: RowMapping, around: Surroundings) -> Stopped | None:
    """Cancelling, access, publication, refusal and address are looked at again at the moment of sending."""
    if row["event"] == TRIED:
        return None
    if over := why_it_stays(row) or no_longer(row, around.pieces) or _what_is_gone(row, around):
        return Stopped(row, Status.CANCELLED, over)
    if _is_held(row, around):
        return Stopped(row, Status.WAITING, "", Reason.SUSPENDED)
    if (until := _silent_until(row, around)) is not None:
        return Stopped(row, Status.WAITING, "", Reason.QUIET_HOURS, until)
    if address_of(row, around) is None:
        return Stopped(
            row, Status.WAITING, N_("Aucune adresse ne convient : complétez la fiche du tiers."), Reason.NO_ADDRESS
        )
    return None


def _what_is_gone(row: RowMapping, around: Surroundings) -> str:
    """What the line spoke of and is there no more, as a sentence; empty where all of it is."""
    if row["id"] in around.about and not live_of(row, around):
        return N_("Le document n’est plus sur le portail.")
    if row["id"] in around.refusing and row["id"] not in around.about:
        return N_("Le destinataire ne veut plus d’informations.")
    person = around.people.get(row["id"])
    if context_of(row, around) == "access" and (person is None or not person.allowed):
        return N_("L’accès a été retiré.")
    if around.newest.get((row["account_id"], row["event"]), row["id"]) != row["id"]:
        return N_("Un message plus récent le remplace.")
    return ""


def _is_held(row: RowMapping, around: Surroundings) -> bool:
    """« Désactiver les notifications »: the family's notices wait; links, codes and security notices leave."""
    party = around.parties.get(row["party_id"])
    return party is not None and party.notices_off_at is not None and row["kind"] != "security"


def _silent_until(row: RowMapping, around: Surroundings) -> datetime | None:
    """The end of the family's quiet hours when they hold now: also for a retry, or what was let go at night."""
    party, moment = around.parties.get(row["party_id"]), now()
    if party is None or row["kind"] == SECURITY:
        return None
    allowed = next_allowed(party, moment, around.brand.zone)
    return allowed if allowed > moment else None


def address_of(row: Mapping[str, Any] | RowMapping, around: Surroundings) -> tuple[str, EmailSlot | None] | None:
    """The person's own address, else the cell, else the family's fallback cell."""
    if row["fixed_address"]:
        return row["fixed_address"], None
    party = around.parties.get(row["party_id"])
    if party is None or row["channel"] != MAIL:
        return None
    if getattr(party, "personal", None):
        return party.personal, None  # they have left: the address on their record may be somebody else's by now
    for slot in (row["slot"], party.slot_fallback):
        cell = around.cells.get((party.id, EmailSlot(slot))) if slot else None
        if cell is not None and cell.bounces < TOO_MANY_BOUNCES:
            return cell.address, cell.slot
    return None


def context_of(row: RowMapping, around: Surroundings) -> str:
    """What the text of a line is about, as its template says."""
    text = around.texts.get((row["template_id"], row["locale"]))
    return text.context if text else ""


def live_of(row: RowMapping, around: Surroundings) -> list[Row[Any]]:
    """The documents of a line that are still on the portal."""
    return around.documents.get(row["id"], [])
