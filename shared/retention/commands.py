"""`flask documents`: what an operator asks of the documents as a whole."""

import click

from shared.events.actors import COMMAND
from shared.retention import payslip_checking
from shared.transactions import transaction


@click.group()
def documents() -> None:
    """Documents as a whole."""


@documents.command("verify-payslips")
def verify_payslips() -> None:
    """Hash every payslip again and compare; ends with an error when one is lost or altered."""
    with transaction():
        check = payslip_checking.begin(by=COMMAND)
        check_id = check.id
    goes_on = True
    while goes_on:
        with transaction():
            goes_on = payslip_checking.advance(check_id=check_id)
    found = payslip_checking.latest()
    if found is None or found.ended_at is None:
        raise click.ClickException("Le stockage ne répond pas : la vérification reprendra d’elle-même.")
    click.echo(f"{found.verified} bulletins vérifiés, {found.damaged} perdus ou altérés.")
    if found.damaged:
        raise click.ClickException("Voyez « Conservation » dans le back-office.")
