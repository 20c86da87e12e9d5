"""Checks a proof file by itself, and beside the signed document: no database, no network, no secret.

What it cannot know offline, it says: whether the authority that the file names is really that of the company.
"""

import hashlib
import io
import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pikepdf

from shared.signatures.chaining import FILE_NAME, FORMAT, first_fault
from shared.signatures.validating import Found, found_in


@dataclass(frozen=True)
class Check:
    """One thing that was verified, in a French sentence."""

    holds: bool
    sentence: str


class NotAProof(Exception):
    """The file carries no proof of a signature."""


def proof_of(data: bytes) -> dict[str, Any]:
    """The data of a proof, from its PDF or its JSON. Raises NotAProof."""
    try:
        found = json.loads(_carried(data) if data.startswith(b"%PDF-") else data)
    except (ValueError, KeyError, pikepdf.PdfError) as error:
        raise NotAProof from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise NotAProof
    return found


def check(data: bytes, document: bytes | None = None, *, authority: bytes | None = None) -> list[Check]:
    """Every check of a proof file, and of the signed document when it is given. Raises NotAProof.

    `authority`: the certificate (DER) that the company publishes; without it, nobody can tell offline whose seal it is.
    """
    proof = proof_of(data)
    try:
        checks = [*_seal(data, authority), _chain(proof), *_digests(proof), *_consents(proof)]
        return checks + (_document(proof, document) if document is not None else [])
    except (KeyError, TypeError, AttributeError) as error:
        raise NotAProof from error


def _carried(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return pdf.attachments[FILE_NAME].get_file().read_bytes()


def _seal(data: bytes, authority: bytes | None) -> list[Check]:
    if not data.startswith(b"%PDF-"):
        return []  # the data alone: what seals them is the PDF that carries them
    found = found_in(data, roots=[authority] if authority else [])
    seals = [one for one in found if one.kind != "timestamp"]
    if not seals:
        return [Check(False, "Le dossier de preuve n’est pas scellé.")]
    return [_sealed(one, authority is not None) for one in seals]


def _sealed(found: Found, knows_authority: bool) -> Check:
    if not found.stands:
        return Check(False, f"Le dossier a été modifié après son scellement par « {found.signer} ».")
    if knows_authority and not found.ours:
        return Check(False, f"Le sceau de « {found.signer} » ne vient pas de l’autorité donnée.")
    whose = "délivré par l’autorité donnée" if knows_authority else f"délivré par « {found.issuer} », non vérifié ici"
    stamp = "horodaté" if found.timestamped else "sans horodatage"
    return Check(True, f"Dossier scellé par « {found.signer} » (certificat {whose}), {stamp}, intact depuis.")


def _chain(proof: dict[str, Any]) -> Check:
    fault = first_fault(proof["steps"])
    if fault is None:
        return Check(True, f"Les {len(proof['steps'])} étapes se suivent, aucune n’a été changée.")
    return Check(False, f"L’étape n° {fault} a été changée, déplacée ou retirée.")


def _digests(proof: dict[str, Any]) -> list[Check]:
    """Each seal was put on the bytes that the seal before had left, and the first on those that were shown."""
    made = sorted(
        (one["signature"] for one in proof["signers"] if one["signature"] and one["signature"]["sealed_at"]),
        key=lambda one: str(one["sealed_at"]["utc"]),
    )
    if not made:
        return []
    prepared, final = proof["document"]["prepared"], proof["document"]["final"]
    linked = made[0]["before_sha256"] == prepared["sha256"] and made[-1]["after_sha256"] == final["sha256"]
    linked = linked and all(before["after_sha256"] == after["before_sha256"] for before, after in pairwise(made))
    known = {prepared["sha256"], *(one["before_sha256"] for one in made)}
    shown = all(one["shown_sha256"] in known for one in made)
    return [
        Check(
            linked, f"Les empreintes des {len(made)} signatures s’enchaînent, du document présenté au document final."
        )
        if linked
        else Check(False, "Les empreintes avant et après signature ne s’enchaînent pas."),
        Check(shown, "Ce qui a été scellé est ce qui a été montré.")
        if shown
        else Check(False, "Une signature a été donnée sur autre chose que ce qui a été scellé."),
    ]


def _consents(proof: dict[str, Any]) -> list[Check]:
    texts = [one["signature"] for one in proof["signers"] if one["signature"]]
    faults = [one for one in texts if hashlib.sha256(one["consent_text"].encode()).hexdigest() != one["consent_sha256"]]
    if faults:
        return [Check(False, f"Le texte accepté par « {faults[0]['name']} » a été changé.")]
    return [Check(True, "Les textes acceptés correspondent à leurs empreintes.")] if texts else []


def _document(proof: dict[str, Any], document: bytes) -> list[Check]:
    digest = hashlib.sha256(document).hexdigest()
    told = proof["document"]
    named = {
        "final": "Ce fichier est exactement le document final.",
        "prepared": "Ce fichier est le document présenté, avant toute signature.",
        "source": "Ce fichier est le document déposé, avant sa préparation.",
    }
    for which, sentence in named.items():
        if told[which] and told[which]["sha256"] == digest:
            return [Check(which == "final" or told["final"] is None, sentence), *_in_document(proof, document)]
    if any(one["signature"] and one["signature"]["after_sha256"] == digest for one in proof["signers"]):
        return [Check(False, "Ce fichier est une version antérieure : il y manque des signatures.")]
    return [Check(False, "Ce fichier n’est pas celui dont parle ce dossier : son empreinte est différente.")]


def _in_document(proof: dict[str, Any], document: bytes) -> list[Check]:
    found = {one.serial: one for one in found_in(document)}
    checks = []
    for signer in proof["signers"]:
        made = signer["signature"]
        if not made or not made["certificate_serial"]:
            continue
        seal = found.get(made["certificate_serial"])
        holds = seal is not None and seal.stands
        checks.append(
            Check(holds, f"La signature de « {made['name']} » est dans le fichier, intacte.")
            if holds
            else Check(False, f"La signature de « {made['name']} » n’est pas dans le fichier, ou n’est plus intacte.")
        )
    return checks
