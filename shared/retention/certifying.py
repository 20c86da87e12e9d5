"""The certificates that deletions leave, as PDF: one of a list, or one of a single document."""

from collections.abc import Sequence

from shared.clock import day_of
from shared.documents.classes import CLASSES
from shared.people.receipts import sender
from shared.retention.models import DeletionCertificate
from shared.sheets.amounts import short_date
from shared.sheets.attesting import Attestation, Table, make_attestation

BECAUSE = {"term": "terme de la durée de conservation", "erasure": "demande d’effacement de la personne"}


def certificate_pdf(certificates: Sequence[DeletionCertificate], names: dict[str, str], *, of: int = 0) -> bytes:
    """One sheet for these certificates, oldest first; `names` says who the actors are, `of` how many went with them.

    Raises ValueError for none.
    """
    if not certificates:
        raise ValueError("a certificate of nothing")
    rows = [_row(each) for each in certificates]
    who = sorted({names.get(each.by, each.by) for each in certificates})
    why = sorted({BECAUSE.get(each.because, each.because) for each in certificates})
    left_out = max(of - len(rows), 0)
    told = f"{of}, dont les {len(rows)} premiers ci-dessous ; les autres ont chacun leur certificat"
    facts = [
        ("Documents supprimés", told if left_out else str(len(rows))),
        ("Motif", ", ".join(why)),
        ("Confirmé par", ", ".join(who)),
        ("Bases", " ; ".join(sorted({each.law for each in certificates if each.law}))),
    ]
    paragraphs = [
        "Les documents ci-dessous ont été supprimés définitivement, avec leurs versions. L’empreinte SHA-256 de chaque"
        " version est gardée : elle permet de reconnaître une copie, jamais de retrouver le contenu."
    ]
    table = Table(("Tiers", "Document", "Classé le", "Terme", "Empreinte SHA-256"), (2, 4, 2, 2, 5), rows)
    title = "Certificat de suppression"
    return make_attestation(sender(), Attestation(title, certificates[-1].at, facts, paragraphs, table))


def _row(each: DeletionCertificate) -> list[str]:
    kind = str(CLASSES.get(each.document_class, each.document_class))
    about = [each.folder_label, kind, each.number, short_date(each.issued_on) if each.issued_on else ""]
    hashes = "\n".join(version["sha256"] for version in each.versions)
    filed = short_date(day_of(each.filed_at))
    return [
        each.party_code,
        " · ".join(filter(None, about)),
        filed,
        short_date(each.term_on) if each.term_on else "—",
        hashes,
    ]
