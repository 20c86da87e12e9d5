"""The commands of `flask`: each opens a transaction and calls verbs."""

import click
from flask import Flask

from shared.access.staff_signing_in import setup_code
from shared.config import config
from shared.errors import Refused
from shared.events.commands import journal
from shared.notifications.commands import report
from shared.people.commands import staff
from shared.people.staffing import is_first_start
from shared.retention.commands import documents
from shared.shipping import ship
from shared.signatures.commands import signatures
from shared.transactions import transaction


def install(app: Flask) -> None:
    """Give the application its commands; the demo's only load what makes its documents when they are asked for."""
    app.cli.add_command(staff)
    app.cli.add_command(report)
    app.cli.add_command(journal)
    app.cli.add_command(signatures)
    app.cli.add_command(ship_command)
    app.cli.add_command(documents)
    app.cli.add_command(demo)


@click.command("ship")
def ship_command() -> None:
    """Bring families, folders, roles, texts and rules to what this release ships. Run it after each upgrade."""
    try:
        with transaction():
            ship()
            first = is_first_start()
    except Refused as refused:
        raise click.ClickException(refused.sentence) from refused
    if first:
        click.echo("Aucun gestionnaire pour l’instant. Créez l’administrateur à cette adresse, avec ce code :")
        click.echo(f"  {config().public_url}/backoffice/first-start")
        click.echo(f"  {setup_code()}")


@click.group()
def demo() -> None:
    """The demo company."""


@demo.command()
def load() -> None:
    """Load the demo company, once; a second run finds it again."""
    from shared.demo.loading import load as load_company

    load_company()


@demo.command()
def story() -> None:
    """Do the main job once, showing each step."""
    from shared.demo.story import tell

    tell()


@demo.command()
@click.option("--parties", default=5_000, show_default=True)
@click.option("--documents", default=100_000, show_default=True)
@click.option("--notifications", default=500_000, show_default=True)
@click.option("--yes", is_flag=True, help="Even where a company that is not the demo is at work.")
def enlarge(parties: int, documents: int, notifications: int, yes: bool) -> None:
    """Add what a real company has after two years, all of it invented, to see the screens at that size."""
    from shared.demo.enlarging import enlarge as enlarge_company

    try:
        enlarge_company(parties=parties, documents=documents, notifications=notifications, sure=yes)
    except Refused as refused:
        raise click.ClickException(refused.sentence) from refused
