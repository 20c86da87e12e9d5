"""`flask signatures …`: what an expert asks of a proof file, without the database nor the network."""

import sys
from pathlib import Path

import click
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate
from flask.cli import AppGroup

from shared.documents.refusals import FileRefused

signatures = AppGroup("signatures", help="Les signatures électroniques et leurs preuves.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@signatures.command("verify")
@click.argument("proof", type=FILE)
@click.argument("document", type=FILE, required=False)
@click.option("--authority", type=FILE, help="Le certificat de l’autorité, tel que la société le publie (PEM ou DER).")
def verify_command(proof: Path, document: Path | None, authority: Path | None) -> None:
    """Vérifier un dossier de preuve (PDF ou JSON), et le document signé. Sort avec 0 si tout tient, 1 sinon."""
    # What reads PDF files is loaded when it is asked for: every process has this command.
    from shared.signatures.offline import NotAProof, check

    try:
        root = _der(authority.read_bytes()) if authority else None
        checks = check(proof.read_bytes(), document.read_bytes() if document else None, authority=root)
    except NotAProof as error:
        raise click.ClickException("Ce fichier n’est pas un dossier de preuve de Guichet.") from error
    except FileRefused as refused:
        raise click.ClickException(refused.sentence) from refused
    except ValueError as error:
        raise click.ClickException("Le certificat donné ne peut pas être lu.") from error
    for one in checks:
        click.echo(f"{'✓' if one.holds else '✗'} {one.sentence}")
    sound = all(one.holds for one in checks)
    click.echo("Tout concorde." if sound else "Ce dossier ne fait pas foi en l’état.")
    sys.exit(0 if sound else 1)


def _der(data: bytes) -> bytes:
    load = load_pem_x509_certificate if data.lstrip().startswith(b"-----") else load_der_x509_certificate
    return load(data).public_bytes(Encoding.DER)
