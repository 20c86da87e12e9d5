"""Signing, at whatever counter: what is accepted, the gesture, the code that confirms, and the act, once.

Nothing here decides who may come: each face finds the signers of whoever asks, a stranger's being a 404.
"""

from collections.abc import Sequence
from dataclasses import replace

from flask import Response, request
from flask_babel import get_locale

from shared.access.models import Account
from shared.documents.storage import Altered, Missing, Unavailable
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.signatures import confirming
from shared.signatures.accepting import DONE, accept
from shared.signatures.consenting import consent_text
from shared.signatures.models import Signer
from shared.signatures.naming import is_person_named, name_of
from shared.signatures.wording import button_words
from shared.web.errors import EXPLANATIONS, explain
from shared.web.page import go, page
from shared.web.signing_desk import Desk, around, damage, is_open
from shared.web.signing_form import Gesture, sent_gesture, shown_mark, what_was_shown
from shared.web.signing_reading import show


def sign_page(signers: Sequence[Signer], desk: Desk) -> Response:
    """What is accepted, and the gesture; only what was read to its end is signed."""
    unread = _unread(signers)
    if unread is not None:
        return go(desk.at(unread))
    named = is_person_named(signers[0])
    return _page(Gesture(typed=name_of(signers[0]) if named else ""), signers, desk)


def sign(signers: Sequence[Signer], desk: Desk) -> Response:
    """« Signer »: once, however often it is pressed. 409 when the document is not what was shown."""
    gesture, first = sent_gesture(), signers[0]
    if all(signer.state in DONE for signer in signers):
        return go(desk.at(first))
    try:
        shown = what_was_shown(signers)
        who = replace(desk.who, time_zone=gesture.time_zone)
        accept(shown=shown, sign=gesture.sign(first), who=who, code=gesture.code)
    except Stale as stale:
        db.session.rollback()
        return show(first, desk, status=409, sentence=stale.sentence, number=1)
    except Refused as refused:
        return _refused(gesture, signers, desk, refused)
    except (Missing, Altered):
        return _lost(first, desk)
    except Unavailable:
        return explain(503, EXPLANATIONS[503])
    return go(desk.at(first))


def send_code(signers: Sequence[Signer], desk: Desk) -> Response:
    """Send the code where the signer says, and show the page again with all that was typed."""
    unread = _unread(signers)
    if unread is not None:
        return show(unread, desk, status=409)
    gesture, channel = sent_gesture(), request.form.get("channel", "")
    try:
        confirming.send_code(signers=signers, account=_account(signers, desk), channel=channel, only=desk.channels)
    except Refused as refused:
        return _page(replace(gesture, errors={"channel": refused.sentence}), signers, desk, status=422)
    return _page(replace(gesture, sent=channel, code=""), signers, desk)


def _refused(gesture: Gesture, signers: Sequence[Signer], desk: Desk, refused: Refused) -> Response:
    db.session.rollback()
    if refused.field == "read":
        return show(_unread(signers) or signers[0], desk, status=422, sentence=refused.sentence, number=1)
    told = replace(gesture, errors={refused.field or "": refused.sentence})
    return _page(told, signers, desk, status=422)


def _lost(signer: Signer, desk: Desk) -> Response:
    db.session.rollback()
    version = signer.request.prepared_version
    return damage(signer, version, desk) if version else explain(503, EXPLANATIONS[503])


def _page(gesture: Gesture, signers: Sequence[Signer], desk: Desk, *, status: int = 200) -> Response:
    locale = str(get_locale())
    confirms = confirming.asks_code(signers, by_staff=desk.who.staff is not None)
    ways = confirming.targets(confirming.code_owner(signers), _account(signers, desk)) if confirms else []
    return page(
        "signing/sign.html",
        blocks=("code",),
        status=status,
        **around(desk, signers),
        gesture=gesture,
        texts=[(one, consent_text(one.request, locale), shown_mark(one, locale)) for one in signers],
        action=f"{desk.prefix}/together" if len(signers) > 1 else desk.at(signers[0]),
        confirms=confirms,
        ways=[way for way in ways if way.channel in desk.channels],
        words=button_words(signers),
    )


def _unread(signers: Sequence[Signer]) -> Signer | None:
    return next((one for one in signers if not is_open(one) or one.read_at is None), None)


def _account(signers: Sequence[Signer], desk: Desk) -> Account | None:
    """Whose code it is: the person's own account, also while they sign in front of a clerk."""
    return desk.who.account or confirming.account_of(confirming.code_owner(signers))
