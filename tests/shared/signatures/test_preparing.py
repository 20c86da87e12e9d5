"""What may be signed, what is refused and with which words, and what becomes of the file."""

import io
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from sqlalchemy.orm import Session, scoped_session

from shared.documents import filing
from shared.documents.filing import Facts
from shared.documents.inspecting import inspect
from shared.documents.models import SignatureSide
from shared.documents.refusals import FileRefused
from shared.errors import Refused
from shared.people.models import Family
from shared.signatures.authority import Sealer
from shared.signatures.preparing import Place, prepare
from shared.signatures.sealing import seal
from shared.signatures.stamping import Stamp
from shared.signatures.validating import signatures_of
from tests.factories.counter import a_folder, a_party
from tests.shared.signatures.foreign import signed, stamped
from tests.shared.signatures.papers import Paper, made, plain

PLACES = [Place("S1", "Signature du client", "left"), Place("Societe", "Signature de la société", "right")]


def test_all_fields_are_there_before_the_first_signature(db_session: scoped_session[Session]) -> None:
    prepared = prepare(plain(2), places=PLACES, title="Devis")
    reader = PdfFileReader(io.BytesIO(prepared.data))
    fields = {name: reference.get_object() for name, _value, reference in enumerate_sig_fields(reader)}
    assert {"S1", "Societe", "Envoi"} <= set(fields)
    assert fields["S1"]["/TU"] == "Signature du client"
    found = signatures_of(prepared.data)
    assert [each.kind for each in found] == ["certification", "timestamp"]
    assert all(each.stands and each.ours for each in found)


def test_owner_password_is_opened_and_the_original_kept(db_session: scoped_session[Session]) -> None:
    locked = saved(encryption=pikepdf.Encryption(owner="secret", user="", R=6))
    assert inspect(locked, "devis.pdf").locked
    prepared = prepare(locked, places=PLACES, title="Devis")
    with pikepdf.open(io.BytesIO(prepared.data)) as pdf:
        assert not pdf.is_encrypted


def test_form_is_drawn_on_the_page(db_session: scoped_session[Session]) -> None:
    prepared = prepare(saved(with_form), places=PLACES, title="Devis")
    with pikepdf.open(io.BytesIO(prepared.data)) as pdf:
        assert "/XFA" not in pdf.Root.AcroForm
        assert [str(field.get("/FT")) for field in pdf.Root.AcroForm.Fields] == ["/Sig"] * 4


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (lambda: saved(encryption=pikepdf.Encryption(owner="secret", user="secret", R=6)), "password"),
        (lambda: plain()[:-300], "truncated"),
        (lambda: saved(dynamic), "dynamic_form"),
        (lambda: saved(scripted), "active"),
        (lambda: saved(layered), "layers"),
        (lambda: signed(plain(), MDPPerm.NO_CHANGES), "certified"),
        (lambda: signed(made(Paper("full", ink=((0, 0, 595, 842),)))), "no_room"),
    ],
    ids=["password", "truncated", "dynamic", "scripted", "layered", "certified", "no-room"],
)
def test_refused_with_what_to_ask_for(db_session: scoped_session[Session], data: Any, reason: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        prepare(data(), places=PLACES, title="Devis")
    assert refusal.value.reason == reason
    assert "xpéditeur" in refusal.value.sentence


@pytest.mark.parametrize("last", [signed, lambda data: stamped(signed(data))], ids=["signed", "stamped"])
def test_foreign_signature_is_kept_and_shown(db_session: scoped_session[Session], last: Any) -> None:
    theirs = last(plain())
    prepared = prepare(theirs, places=PLACES, title="Acte")
    assert prepared.data.startswith(theirs)
    after = seal(
        prepared.data,
        field="S1",
        signer=Sealer("Clara Fontaine", "P-1"),
        stamp=Stamp(["Signé électroniquement par", "Clara Fontaine"]),
        reason="Accord",
        expected_sha256=prepared.sha256,
    )
    found = {each.field: each for each in signatures_of(after.data) if each.kind != "timestamp"}
    assert found["Notaire"].signer == "Notaire Dupont"
    assert found["Notaire"].stands and not found["Notaire"].ours
    assert found["S1"].stands and found["S1"].ours
    assert found["Envoi"].stands


def test_certified_for_forms_only_is_refused_rather_than_broken(db_session: scoped_session[Session]) -> None:
    with pytest.raises(Refused, match="n’en permet pas d’autre"):
        prepare(signed(plain(), MDPPerm.FILL_FORMS), places=PLACES, title="Acte")


def test_clerk_learns_it_at_filing(db_session: scoped_session[Session]) -> None:
    party = a_party()
    folder = a_folder(family=db_session.get(Family, party.family_id), side=SignatureSide.LEFT)
    data = signed(plain(), MDPPerm.NO_CHANGES)
    inspection = inspect(data, "acte.pdf")
    assert inspection.certified == 1 and inspection.signed
    with pytest.raises(FileRefused, match="Demandez à l’expéditeur"):
        filing.file(inspection=inspection, filename="acte.pdf", party=party, folder=folder, facts=Facts(), by="test")


def saved(change: Any = None, **options: Any) -> bytes:
    with pikepdf.open(io.BytesIO(plain())) as pdf:
        if change:
            change(pdf)
        out = io.BytesIO()
        pdf.save(out, **options)
        return out.getvalue()


def with_form(pdf: Pdf) -> None:
    """A static XFA form with a text field that was filled in."""
    look = Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=[100, 500, 300, 520], FT=Name.Tx, T="nom", V="Durand")
    field = pdf.make_indirect(look)
    pdf.pages[0].Annots = Array([field])
    xfa = pdf.make_stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'></xdp:xdp>")
    pdf.Root.AcroForm = Dictionary(Fields=[field], XFA=xfa, DA="/Helv 10 Tf 0 g")


def dynamic(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=[], XFA=pdf.make_stream(b"<dynamicRender>required</dynamicRender>"))
    pdf.Root.NeedsRendering = True


def scripted(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def layered(pdf: Pdf) -> None:
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="Calque"))
    pdf.Root.OCProperties = Dictionary(OCGs=[layer], D=Dictionary(Order=[layer]))
