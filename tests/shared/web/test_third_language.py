"""A third language is a catalogue file: nothing else names the languages."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from shared.config import CHECKOUT

GERMAN = {
    "Se connecter": "Anmelden",
    "Le portail": "Das Portal",
    "Ce fichier est vide. Vérifiez-le sur votre appareil, puis déposez-le de nouveau.": "Diese Datei ist leer.",
}
# In a process of its own: the languages are read once, before the forms that offer them.
ASKED = """
import json, sys
from pathlib import Path
from shared import catalogues
catalogues.FOLDER = Path(sys.argv[1])
from shared.config import load
from wsgi import create_app
app = create_app(load({"GUICHET_VAR": sys.argv[2], "GUICHET_KEY": "x" * 40}))
with app.test_request_context(headers={"Accept-Language": "de-AT,de;q=0.9"}):
    from flask_babel import gettext
    from backoffice.parties_form import PartyForm
    from backoffice.staff_forms import InviteForm
    from shared.documents.refusals import FileRefused
    from shared.intake.party_cells import value_of
    from shared.notifications.rendering import Brand, compile
    from shared.web.languages import choose
    message = compile("Ihre Rechnung", "Guten Tag", Brand("A", "https://a.example"), locale="de").merge({})
    print(json.dumps({
        "offered": app.jinja_env.globals["languages"],
        "read": choose(),
        "button": gettext("Se connecter"),
        "refusal": FileRefused("empty").sentence,
        "party": [choice.value for choice in PartyForm().locale.choices],
        "staff": [choice.value for choice in InviteForm().locale.choices],
        "imported": [value_of("locale", text) for text in ("de", "Deutsch", "allemand", "German")],
        "frame": "Das Portal" in message.text,
    }))
"""


@pytest.mark.row("B-15")
def test_a_catalogue_file_is_all_that_a_third_language_needs(tmp_path: Path) -> None:
    for code, texts in (("en", {}), ("de", GERMAN)):
        catalogue = Catalog(locale=code)
        for french, said in texts.items():
            catalogue.add(french, said)
        file = tmp_path / "translations" / code / "LC_MESSAGES" / "messages.po"
        file.parent.mkdir(parents=True)
        with file.open("wb") as written:
            write_po(written, catalogue)
    command = [sys.executable, "-c", ASKED, str(tmp_path / "translations"), str(tmp_path / "var")]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["offered"] == {"fr": "français", "de": "Deutsch", "en": "English"}
    assert (told["read"], told["button"], told["refusal"]) == ("de", "Anmelden", "Diese Datei ist leer.")
    assert told["party"] == told["staff"] == ["fr", "de", "en"]
    assert told["imported"] == ["de"] * 4
    assert told["frame"]
