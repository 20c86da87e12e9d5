"""What the page of a signature carries: the gesture. Names, times and addresses are the server's, whatever is sent."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import request
from flask_babel import gettext as _

from shared.errors import Refused
from shared.signatures.accepting import Shown, Sign
from shared.signatures.consenting import consent_text, digest_of, shown_text
from shared.signatures.drawing import IMAGE_BYTES, drawn, imported
from shared.signatures.drawing_elsewhere import drawing_of
from shared.signatures.models import SignatureMode, Signer

LONGEST = {"mode": 10, "strokes": 200_000, "drawing": 40, "typed": 80, "code": 20, "sent": 10, "time_zone": 60}


@dataclass
class Gesture:
    """How one signs, as it was typed; `errors` says what is wrong beside each part."""

    mode: str = SignatureMode.TYPED.value
    strokes: str = ""
    drawing: str = ""
    typed: str = ""
    code: str = ""
    sent: str = ""
    time_zone: str = ""
    consents: frozenset[str] = frozenset()
    errors: dict[str, str] = field(default_factory=dict)

    def sign(self, signer: Signer) -> Sign:
        """The visible sign, its picture made again here. Raises Refused."""
        if self.mode == SignatureMode.TYPED:
            return Sign(SignatureMode.TYPED, typed=self.typed)
        if self.mode == SignatureMode.IMAGE:
            sent = request.files.get("image")
            return Sign(SignatureMode.IMAGE, picture=imported(sent.stream.read(IMAGE_BYTES + 1) if sent else b""))
        if self.mode == SignatureMode.DRAWN:
            return Sign(SignatureMode.DRAWN, picture=self._from_elsewhere(signer) or drawn(self.strokes))
        raise Refused(_("Choisissez comment vous signez : dessinez, ou tapez votre nom."), field="mode")

    def _from_elsewhere(self, signer: Signer) -> bytes | None:
        """What was drawn on the telephone, if it was for this signer."""
        try:
            found = drawing_of(signer.id, uuid.UUID(self.drawing))
        except ValueError:
            return None
        return found.picture if found is not None else None


def sent_gesture() -> Gesture:
    """What the browser sent, cut to what each part may hold; whatever else it sent is not read."""
    gesture = Gesture(consents=frozenset(request.form.getlist("consent")))
    for name, most in LONGEST.items():
        setattr(gesture, name, request.form.get(name, "")[:most])
    return gesture


def what_was_shown(signers: Sequence[Signer]) -> list[Shown]:
    """What the page said that it showed to each, and their consent. Raises Refused, Stale for other bytes or words."""
    told = dict(line.partition(":")[::2] for line in request.form.getlist("shown"))
    ticked = set(request.form.getlist("consent"))
    made = []
    for signer in signers:
        sha256, _colon, consent = told.get(str(signer.id), "").partition(":")
        if str(signer.id) not in ticked:
            raise Refused(_("Cochez la case pour accepter de signer. Rien n’a été signé."), field="consent")
        text, locale = shown_text(signer.request, consent)
        made.append(Shown(signer, sha256, text, locale))
    return made


def shown_mark(signer: Signer, locale: str) -> str:
    """What the page carries to say what it showed."""
    return f"{signer.id}:{signer.request.prepared_sha256}:{digest_of(consent_text(signer.request, locale))}"
