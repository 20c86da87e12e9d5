"""« Vérifier un document signé »: anybody learns what a file is worth, and nothing that the file does not hold."""

import io

import pytest
from flask import Flask
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from sqlalchemy import func, select

from shared.documents.models import StoredObject
from shared.documents.storage import original_key, read, storage
from shared.events.models import Event
from shared.extensions import db
from shared.signatures.models import SignatureRequest
from shared.signatures.proving import proof_file
from tests.factories import office, sealed
from tests.factories.identity import Browser
from tests.shared.documents.corpus import pdf

FIXED = "a été modifié après sa signature"


@pytest.fixture
def request_(app: Flask) -> SignatureRequest:
    return sealed.a_signed_request(sealed.a_signatory())


def told(app: Flask, data: bytes, filename: str = "contrat.pdf", status: int = 200) -> str:
    """What a visitor without account reads."""
    visitor = Browser(app)
    visitor.get("/verification")
    fields = {"csrf_token": visitor.token, "file": (io.BytesIO(data), filename)}
    answer = visitor.client.post("/verification", data=fields)
    assert answer.status_code == status, answer.text
    return str(answer.text)


def annotated(data: bytes) -> bytes:
    """A note laid on the first page by an added revision: `pdfsig` still calls such a file valid."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Rect"): generic.ArrayObject(generic.NumberObject(n) for n in (50, 600, 300, 650)),
            generic.pdf_name("/Contents"): generic.TextStringObject("Payé"),
        }
    )
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Annots"] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.row("P-17")
def test_what_anybody_learns_of_a_signed_file_and_of_its_copies(app: Flask, request_: SignatureRequest) -> None:
    assert request_.latest_version is not None and request_.prepared_version is not None
    data = read(storage(), original_key(request_.latest_version.sha256))
    before = read(storage(), original_key(request_.prepared_version.sha256))
    counted = select(func.count()).select_from(StoredObject)
    objects, events = db.session.scalar(counted), db.session.scalar(select(func.count()).select_from(Event))

    exact = told(app, data)
    assert "Ce document a été signé ici, et n’a pas changé" in exact
    assert "Camille Martin" in exact and "signature simple" in exact and "qualifiée" not in exact
    assert "C’est un dossier de preuve établi ici" in told(app, proof_file(request_))
    assert FIXED in told(app, annotated(data))
    place = data.index(b"stream", 200) + 20
    broken = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
    assert FIXED in told(app, broken)
    rolled_back, longer = told(app, before), told(app, data + b"\n")
    assert "C’est une version antérieure du document signé" in rolled_back, "a signer takes it away before signing"
    assert "ce fichier n’est pas celui que nous avons remis" in longer
    assert not any("Ce document a été signé ici" in copy for copy in (rolled_back, longer))

    assert db.session.scalar(counted) == objects
    assert db.session.scalar(select(func.count()).select_from(Event)) == events


def test_a_document_that_is_here_without_being_signed_answers_like_one_that_never_was(app: Flask) -> None:
    seat = sealed.a_signatory()
    ours = pdf(text="Facture")
    office.filed(seat.party, office.folder(), ours, "facture.pdf")
    for data in (ours, pdf(text="Inconnu")):
        answer = told(app, data)
        assert "Ce document n’a pas été signé ici" in answer and "n’en est pas une" in answer
        assert seat.party.name not in answer


@pytest.mark.parametrize("data", [b"", b"bonjour", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_readable_pdf_gets_a_sentence(app: Flask, data: bytes) -> None:
    answer = told(app, data, status=422)
    assert "Rien n’en a été gardé" in answer or "Choisissez le PDF" in answer
