"""`flask staff …`: what an operator does from the terminal."""

import click
from flask.cli import AppGroup

from shared.access import passwords, second_factor, staff_signing_in
from shared.errors import Refused
from shared.events.actors import COMMAND
from shared.people.roles import ADMINISTRATOR, ROLES
from shared.people.staffing import create_staff, is_first_start, ship_roles, staff_named
from shared.transactions import transaction

staff = AppGroup("staff", help="Les gestionnaires du back-office.")


@staff.command()
@click.argument("email")
@click.option("--name", prompt="Nom", help="Prénom et nom.")
@click.option("--role", type=click.Choice(list(ROLES)), default=ADMINISTRATOR, show_default=True)
@click.password_option("--password", prompt="Mot de passe", confirmation_prompt="Encore une fois")
def create(email: str, name: str, role: str, password: str) -> None:
    """Créer un gestionnaire."""
    try:
        with transaction():
            ship_roles()
            passwords.check_new(password, [email, name])
            made = create_staff(
                email=email, name=name, password_hash=passwords.hash_password(password), role=role, by=COMMAND
            )
            click.echo(f"{made.name} <{made.email}> : {ROLES[role][0]}.")
    except Refused as refused:
        raise click.ClickException(refused.sentence) from refused


@staff.command()
@click.argument("email")
@click.password_option("--password", prompt="Nouveau mot de passe", confirmation_prompt="Encore une fois")
def password(email: str, password: str) -> None:
    """Donner un nouveau mot de passe, et fermer toutes les sessions."""
    try:
        with transaction():
            found = staff_named(email)
            if found is None:
                raise click.ClickException(f"Personne n’a l’adresse {email}.")
            ended = staff_signing_in.set_staff_password(staff=found, new=password, by=COMMAND)
            click.echo(f"Mot de passe changé ; sessions fermées : {ended}.")
    except Refused as refused:
        raise click.ClickException(refused.sentence) from refused


@staff.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Oublier le second facteur de qui l’a perdu, et fermer ses sessions."""
    with transaction():
        found = staff_named(email)
        if found is None:
            raise click.ClickException(f"Personne n’a l’adresse {email}.")
        ended = second_factor.reset(staff=found, by=COMMAND)
    click.echo(f"Second facteur oublié ; sessions fermées : {ended}.")


@staff.command("setup-code")
def setup_code() -> None:
    """Afficher le code du premier démarrage."""
    click.echo(staff_signing_in.setup_code() if is_first_start() else "Un gestionnaire existe déjà : connectez-vous.")
