"""`flask journal …`: what an operator, or an auditor, asks of the journal."""

import sys
from dataclasses import asdict

import click
from flask.cli import AppGroup

from shared.events.models import Chain
from shared.events.verifying import verify
from shared.events.wording import sentences
from shared.transactions import transaction

journal = AppGroup("journal", help="Le journal de preuve et le journal de sécurité.")


@journal.command("verify")
@click.option("--chain", type=click.Choice([chain.value for chain in Chain]), help="Une seule des deux chaînes.")
def verify_command(chain: str | None) -> None:
    """Relire chaque ligne et la comparer à son scellé. Sort avec 0 si tout tient, 1 sinon."""
    sound = True
    for each in [Chain(chain)] if chain else list(Chain):
        with transaction():
            finding = verify(each)
        for sentence in sentences(asdict(finding)):
            click.echo(sentence)
        if finding.fault is None and finding.number:
            click.echo(f"  dernier scellé n° {finding.number} : {finding.head}")
        sound = sound and finding.fault is None
    sys.exit(0 if sound else 1)
