"""Why a row is red: a key in the database, words on screen."""

from flask_babel import gettext as _

CREATED = "created"
ALLOWED = "allowed"
PASSWORD = "password"
NOTIFY = "notify"
ADDRESS = "address"
WITHDRAWN = "withdrawn"
RIGHTS = "rights"
DATES = "dates"
PERSON = "person"
UNDONE = "undone"


def words(cause: str) -> str:
    """The sentence of one cause; an unknown key still says that something changed."""
    known = {
        CREATED: _("accès créé"),
        ALLOWED: _("accès autorisé"),
        PASSWORD: _("nouveau mot de passe initial"),
        NOTIFY: _("accès à communiquer de nouveau"),
        ADDRESS: _("adresse e-mail modifiée"),
        WITHDRAWN: _("accès retiré"),
        RIGHTS: _("droits modifiés"),
        DATES: _("dates modifiées"),
        PERSON: _("personne rattachée ou séparée"),
        UNDONE: _("action groupée annulée"),
    }
    return str(known.get(cause, _("accès modifié")))
