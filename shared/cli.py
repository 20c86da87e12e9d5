"""The commands of `flask`: each opens a transaction and calls verbs."""

import click
from flask import Flask

from shared.notifications.commands import report
from shared.people.commands import staff
from shared.shipping import ship
from shared.transactions import transaction


def install(app: Flask) -> None:
    """Give the application its commands; the demo's only load what makes its documents when they are asked for."""
    app.cli.add_command(staff)
    app.cli.add_command(report)
    app.cli.add_command(ship_command)
    app.cli.add_command(demo)


@click.command("ship")
def ship_command() -> None:
    """Bring families, folders, roles, texts and rules to what this release ships. Run it after each upgrade."""
    with transaction():
        ship()


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
