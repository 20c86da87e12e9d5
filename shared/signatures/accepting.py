"""« Signer »: what a person accepts becomes a Signature row, once; the seal is put on by a job after the commit.

Whatever proves the act is the server's: the time, the name, the address, the digest. The page carries only which bytes
it showed. Code civil, art. 1366: the person is identified, and the integrity of what they accept is kept.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from shared.access.models import Account
from shared.clock import now
from shared.documents.checking import faithful
from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.models import Staff
from shared.queues import ring
from shared.signatures.confirming import asks_code, use_code
from shared.signatures.consenting import consent_text as text_of
from shared.signatures.consenting import digest_of
from shared.signatures.holding import held, why_not
from shared.signatures.identifying import account_identity, staff_identity, witnessed_identity
from shared.signatures.models import (
    Level,
    RequestState,
    Signature,
    SignatureMode,
    SignatureRequest,
    Signer,
    SignerState,
)
from shared.signatures.naming import check_typed, name_of
from shared.signatures.tracing import trace
from shared.transactions import after_commit

DONE = (SignerState.ACCEPTED, SignerState.SEALED)


@dataclass(frozen=True)
class Shown:
    """What one page showed one signer: the bytes by their SHA-256, the text accepted and its language."""

    signer: Signer
    sha256: str
    consent_text: str
    locale: str = "fr"


@dataclass(frozen=True)
class Sign:
    """The visible sign: a PNG where it was drawn or imported, else what was typed."""

    mode: SignatureMode
    picture: bytes | None = None
    typed: str = ""


@dataclass(frozen=True)
class Who:
    """Who signs and how we know: their account, their own staff session, or a witness who says how they knew them."""

    by: str
    account: Account | None = None
    staff: Staff | None = None
    witness: Staff | None = None
    established_by: str = ""
    ip: str = ""
    user_agent: str = ""
    time_zone: str = ""


def accept(*, shown: Sequence[Shown], sign: Sign, who: Who, code: str = "") -> list[Signature]:
    """Sign what was shown, several documents by one act. Who has signed already gets the first result again.

    Raises Stale when a document changed or is asked no more, Refused (fields `consent`, `typed`, `code`…), and
    Missing, Altered or Unavailable when the bytes cannot be shown to be the same.
    """
    _lock(shown)
    waiting = [one for one in shown if one.signer.state not in DONE]
    for one in waiting:
        _check(one, who)
    if waiting:
        _check_sign(sign, waiting)
        proof = _check_code(waiting, who, code)
        together = [one.sha256 for one in waiting]
        for one in waiting:
            _keep(one, sign, who, proof, together)
    ids = [one.signer.id for one in shown]
    return list(db.session.scalars(select(Signature).where(Signature.signer_id.in_(ids)).order_by(Signature.id)))


def _lock(shown: Sequence[Shown]) -> None:
    """One request after the other, in one order for all: two acts at once never wait for each other."""
    for request_id in sorted({one.signer.request_id for one in shown}):
        held(request_id)
    for one in shown:
        db.session.refresh(one.signer)


def _check(one: Shown, who: Who) -> None:
    signer, request = one.signer, one.signer.request
    if request.state is not RequestState.OPEN or signer.state is not SignerState.ASKED:
        raise Stale(f"{why_not(request, signer)} {_('Rien n’a été signé.')}")
    _check_person(signer, who)
    version = request.prepared_version
    if version is None or not one.sha256 == request.prepared_sha256 == version.sha256:
        raise Stale(
            _("Le document a changé pendant que vous le lisiez. Rien n’a été signé : lisez la nouvelle version.")
        )
    if signer.read_at is None:
        raise Refused(_("Lisez d’abord le document jusqu’au bout : rien n’a été signé."), field="read")
    if digest_of(one.consent_text) != digest_of(text_of(request, one.locale)):
        raise Refused(_("Cochez la case pour accepter de signer."), field="consent")
    faithful(sha256=version.sha256, size=version.size).close()


def _check_person(signer: Signer, who: Who) -> None:
    """Nobody signs for another."""
    if signer.staff_id is not None:
        is_them = who.staff is not None and who.staff.id == signer.staff_id
    elif who.account is not None:
        is_them = signer.contact is not None and signer.contact.person_id == who.account.person_id
    else:
        is_them = who.witness is not None and bool(who.established_by.strip())
    if not is_them:
        raise Refused(_("Cette signature est demandée à une autre personne. Rien n’a été signé."))
    if who.staff is not None and signer.request.level is Level.REINFORCED and who.staff.second_factor_at is None:
        raise Refused(_("À ce niveau, prenez d’abord un second facteur dans « Mon compte ». Rien n’a été signé."))


def _check_sign(sign: Sign, waiting: Sequence[Shown]) -> None:
    if sign.mode is SignatureMode.TYPED:
        check_typed(sign.typed, waiting[0].signer)
    elif not sign.picture:
        raise Refused(_("Dessinez votre signature, ou tapez votre nom."), field="strokes")


def _check_code(waiting: Sequence[Shown], who: Who, typed: str) -> uuid.UUID | None:
    """The code that confirms, used up; None where none is asked. Raises Refused (field `code`)."""
    signers = [one.signer for one in waiting]
    if not asks_code(signers, by_staff=who.staff is not None):
        return None
    return use_code(signers=signers, shas=[one.sha256 for one in waiting], typed=typed, by=who.by).id


def _keep(one: Shown, sign: Sign, who: Who, code_id: uuid.UUID | None, together: Sequence[str]) -> Signature:
    signer, request = one.signer, one.signer.request
    proved = code_id if request.level is Level.REINFORCED else None
    made = Signature(id=uuid7(), signer_id=signer.id, mode=sign.mode, picture=sign.picture, code_id=proved)
    made.typed, made.name = sign.typed.strip(), name_of(signer)
    made.consent_text, made.locale, made.shown_sha256 = one.consent_text, one.locale, one.sha256
    made.account_id = who.account.id if who.account else None
    made.witness_id = who.witness.id if who.witness else None
    made.identity, made.accepted_at = _identity(signer, who), now()
    made.ip, made.user_agent, made.time_zone = who.ip, who.user_agent[:400], who.time_zone[:60]
    db.session.add(made)
    signer.state, signer.ended_at = SignerState.ACCEPTED, made.accepted_at
    db.session.flush()
    _tell(made, signer, request, who, together)
    return made


def _identity(signer: Signer, who: Who) -> dict[str, Any]:
    if who.staff is not None:
        return staff_identity(staff=who.staff)
    if who.account is not None:
        return account_identity(signer=signer, account=who.account)
    assert who.witness is not None
    return witnessed_identity(signer=signer, witness=who.witness, paper=who.established_by.strip())


def _tell(made: Signature, signer: Signer, request: SignatureRequest, who: Who, together: Sequence[str]) -> None:
    told: dict[str, Any] = {
        "mode": made.mode.value,
        "level": request.level.value,
        "sha256": made.shown_sha256,
        "ip": made.ip,
    }
    told |= {"consent_sha256": digest_of(made.consent_text), "user_agent": made.user_agent}
    told |= {"witness": str(made.witness_id)} if made.witness_id else {}
    told |= {"code": str(made.code_id)} if made.code_id else {}
    told |= {"together": sorted(together)} if len(together) > 1 else {}  # one act, one code for all of these
    trace(request=request, kind="accepted", signer=signer, by=who.by, **told)
    record(
        "signature.accepted",
        by=who.by,
        party_id=request.party_id,
        document_id=request.document_id,
        account_id=made.account_id,
        facts={"request": str(request.id), "signer": str(signer.id), "sha256": made.shown_sha256},
    )
    after_commit(lambda: ring("now", "seal_signatures", str(request.id)), once=f"seal:{request.id}")
