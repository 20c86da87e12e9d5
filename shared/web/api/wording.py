"""The French words of the page that describes the API."""

from flask_babel import lazy_gettext as _

OPERATIONS = {
    "put_party": _("Créer un tiers, ou le compléter : ce qui n’est pas envoyé reste comme il est."),
    "one_party": _("Lire un tiers."),
    "list_parties": _("Lire les tiers d’une famille, page par page."),
    "put_record": _("Créer une pièce, ou la compléter. Le numéro peut être le nom que l’ERP lui donne."),
    "one_record": _("Lire une pièce."),
    "list_records": _("Lire les pièces d’un type, page par page."),
    "post_event": _("Dire ce qui arrive à une pièce : mouvement, paiement, mémo, code d’état, rendez-vous."),
    "post_events": _("Dire jusqu’à 500 événements d’un coup ; chacun a sa réponse, un refus n’arrête pas les autres."),
    "post_document": _("Déposer un fichier chez un tiers ; il s’attache à sa pièce, même si elle vient après lui."),
    "one_document": _("Lire ce qui est connu d’un document."),
    "list_documents": _("Lire ce qui est connu des documents, page par page."),
    "list_entries": _("Lire les écritures des factures clôturées, page par page."),
    "mark_entries": _("Marquer des écritures comme reprises dans la comptabilité."),
}
PROBLEMS = {
    400: _("Le corps n’est pas du JSON en UTF-8, ou une valeur contient un caractère nul."),
    401: _("Il n’y a pas de jeton, ou il ne sert plus : révoqué, périmé, d’une autre installation."),
    403: _("Le jeton n’a pas le droit que cette demande exige."),
    404: _("L’adresse, le tiers, la pièce ou le document n’existe pas."),
    409: _("L’état de la pièce ne permet pas ce mouvement, ou quelqu’un l’a modifiée au même instant."),
    413: _("Le corps dépasse 2 Mo de JSON, ou 64 Mo avec un fichier."),
    415: _("Le type du contenu n’est pas celui qui est attendu."),
    422: _("Un champ manque, n’existe pas ou n’est pas accepté : « errors » dit lequel et pourquoi."),
    429: _("Trop de jetons refusés depuis cette adresse : attendez quelques minutes."),
    500: _("Une erreur de notre côté : rien n’a été fait, recommencez."),
    503: _("Une partie du service redémarre : recommencez après le délai de Retry-After."),
}
