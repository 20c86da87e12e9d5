"""Every component on a few pages of its own, outside the product, for the tests of the look."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from flask import Flask, Response, flash, request
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.serving import make_server
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    EmailField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from shared.errors import Refused, Stale
from shared.web import look
from shared.web.navigation import Company, Group, Item, Notice
from shared.web.page import go, page

TOP = Path(__file__).resolve().parents[4]
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PAGES = ("/", "/form", "/office", "/confirm", "/signin", "/print")

PORTAL = (
    Item("Accueil", "/", "house", current=True),
    Item("Documents", "/documents", "folder2-open", count=3),
    Item("Compte", "/account", "person"),
)
OFFICE = (
    Group("Pilotage", (Item("Accueil", "#", "house"), Item("Historique", "#", "clock-history", count=4))),
    Group("Documents", (Item("Tiers", "#", "people", current=True), Item("Accès", "#", "key"))),
)
MENU = (Item("Mon compte", "/account", "person"), None, Item("Se déconnecter", "/logout", "box-arrow-right", post=True))


class Sample(FlaskForm):
    ident = StringField("Identifiant", [DataRequired()], description="Le code figurant sur vos factures.")
    pw = PasswordField("Mot de passe", [DataRequired()])
    mail = EmailField("Adresse e-mail", [Optional()])
    note = TextAreaField("Message")
    kind = SelectField("Type", choices=[SelectChoice("a", "Facture"), SelectChoice("b", "Devis")])
    side = RadioField("Signature", choices=[SelectChoice("l", "à gauche"), SelectChoice("r", "à droite")])
    ok = BooleanField("J’accepte de recevoir les notifications", [DataRequired()])
    chan = SelectMultipleField(
        "Canaux",
        choices=[SelectChoice("m", "E-mail"), SelectChoice("s", "SMS")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    amount = DecimalField("Montant")
    day = DateField("Date", [Optional()])


def make_gallery() -> Flask:
    """A Flask with the look and nothing else: no database, no face."""
    app = Flask("gallery", root_path=str(TOP), template_folder="templates", static_folder=None)
    app.config.update(SECRET_KEY="gallery", BABEL_DEFAULT_LOCALE="fr", BABEL_DEFAULT_TIMEZONE="Europe/Paris")
    app.jinja_loader = ChoiceLoader(  # type: ignore[assignment]
        [FileSystemLoader(Path(__file__).parent / "templates"), FileSystemLoader(TOP / "templates")]
    )
    Babel(app)
    CSRFProtect(app)
    look.install(app)
    app.context_processor(around)
    for rule, view in (
        ("/", home), ("/form", form), ("/office", office), ("/confirm", confirm), ("/signin", signin),
        ("/print", sheet), ("/refused", refused), ("/stale", stale), ("/broken", broken),
    ):  # fmt: skip
        app.add_url_rule(rule, view.__name__, view)
    app.add_url_rule("/saved", "saved", saved, methods=["POST"])
    app.add_url_rule("/upload", "upload", upload, methods=["POST"])
    return app


@contextmanager
def running(app: Flask) -> Iterator[str]:
    """The gallery on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def around() -> dict[str, object]:
    """What a face's context processor gives to its layouts."""
    links = (Item("Mentions légales", "#", ""), Item("Accessibilité : partiellement conforme", "#", ""))
    colour = request.args.get("colour")
    return {
        "company": Company("Atelier Durand & Fils", colour=f"#{colour}" if colour else None),
        "menu": MENU,
        "footer_links": links,
        "person_name": "Claire Martin",
        "now": NOW,
        "D": Decimal,
    }


def home() -> Response:
    return page("portal.html", nav=PORTAL, party_name="ALPHA Distribution SAS", today=NOW.date())


def form() -> Response:
    sample = Sample(formdata=None, meta={"csrf": False})
    sample.ident.errors = ["Donnez votre identifiant."]
    sample.ok.errors = ["Cochez la case pour continuer."]
    return page("form.html", nav=PORTAL, party_name="ALPHA Distribution SAS", form=sample, status=422)


def office() -> Response:
    if "told" in request.args:
        flash("Les 3 accès ont été créés.", "success")
    return page(
        "office.html",
        blocks=("results",),
        nav=OFFICE,
        search_url="/office",
        health={"state": "ok", "label": "En ordre", "url": "#"},
        notices=[Notice("Les notifications des clients sont suspendues.", "warn", "bell-slash", "#", "Reprendre")],
        breadcrumb=[("Accueil", "/"), ("Tiers", "/office"), ("ALPHA Distribution", "")],
        form=Sample(formdata=None, meta={"csrf": False}),
    )


def confirm() -> Response:
    return page("confirm.html", blocks=("dialog",), nav=OFFICE)


def signin() -> Response:
    return page("signin.html", form=Sample(formdata=None, meta={"csrf": False}))


def sheet() -> Response:
    return page("print.html")


def saved() -> Response:
    return go("/office") if "away" in request.form else Response(status=204)


def upload() -> Response:
    if any("refuse" in file.filename for file in request.files.getlist("files") if file.filename):
        return Response('{"error": "Ce fichier est vide."}', 422, mimetype="application/json")
    return Response(status=204)


def refused() -> Response:
    raise Refused("Ce répertoire n’est plus partagé.")


def stale() -> Response:
    raise Stale("Sophie Bernard a modifié ce modèle à 10:12.")


def broken() -> Response:
    raise ZeroDivisionError("secret-detail")
