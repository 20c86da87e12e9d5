"""Why a file is refused, and what is said of one that is kept: one sentence for each reason.

The sandbox answers with the name of the reason only: no text written by a hostile file comes back as an explanation.
"""

from flask_babel import gettext as _

from shared.errors import Refused
from shared.words import N_

SENTENCES = {
    "active": (
        N_(
            "Ce PDF contient un programme ou une action automatique (JavaScript, lancement, formulaire à envoyer…)."
            " Il n’a pas été enregistré. Imprimez-le en PDF, ou demandez à l’expéditeur une version sans script,"
            " puis déposez la copie."
        )
    ),
    "attachment": (
        N_(
            "Ce PDF contient un autre fichier en pièce jointe. Seul le fichier d’une facture ou d’une commande "
            "électronique"
            " (Factur-X, Order-X) y est accepté. Déposez les fichiers séparément."
        )
    ),
    "certified": (
        N_(
            "L’auteur de ce PDF l’a certifié en interdisant toute modification : personne d’autre ne peut y signer."
            " Demandez à l’expéditeur la version qui précède cette certification, ou certifiée en permettant de signer."
        )
    ),
    "complex": (
        N_(
            "Ce fichier est trop complexe pour être contrôlé : il n’a pas été enregistré."
            " Imprimez-le en PDF depuis le logiciel qui l’ouvre, puis déposez la copie."
        )
    ),
    "dynamic_form": (
        N_(
            "Ce PDF est un formulaire dynamique (XFA), que la plupart des lecteurs n’affichent pas."
            " Ouvrez-le dans Adobe Reader et imprimez-le en PDF, ou demandez à l’expéditeur une version "
            "imprimée en PDF,"
            " puis déposez la copie."
        )
    ),
    "empty": N_("Ce fichier est vide. Vérifiez-le sur votre appareil, puis déposez-le de nouveau."),
    "external": (
        N_(
            "Ce PDF va chercher une partie de son contenu dans un autre fichier ou sur un autre ordinateur."
            " Imprimez-le en PDF pour qu’il soit complet, puis déposez la copie."
        )
    ),
    "hidden_layer": (
        N_(
            "Ce PDF contient un calque caché : ce que l’on y voit n’est pas tout ce qu’il contient."
            " Aplatissez ses calques ou imprimez-le en PDF, puis déposez la copie."
        )
    ),
    "html_in_pdf": (
        N_(
            "Ce fichier se présente à la fois comme un PDF et comme une page web ou une archive."
            " Il n’a pas été enregistré. Imprimez-le en PDF, puis déposez la copie."
        )
    ),
    "junk": (
        N_(
            "Des données étrangères suivent la fin de ce PDF, ou bien il est incomplet."
            " Il n’a pas été enregistré. Téléchargez-le ou imprimez-le en PDF de nouveau, puis déposez-le."
        )
    ),
    "layers": (
        N_(
            "Ce PDF contient des calques : il peut être lu, mais pas signé, car chacun pourrait en voir autre chose."
            " Demandez à l’expéditeur de l’aplatir ou de l’imprimer en PDF, puis déposez la copie."
        )
    ),
    "mismatch": (
        N_(
            "Le contenu de ce fichier ne correspond pas à son extension (les lettres après le dernier point)."
            " Donnez-lui le nom qui convient à son contenu, puis déposez-le de nouveau."
        )
    ),
    "no_page": N_("Ce PDF ne contient aucune page. Produisez-le de nouveau, puis déposez-le."),
    "no_room": (
        N_(
            "Ce PDF porte déjà une signature et n’a plus de place libre pour une autre : aucune page ne peut y "
            "être ajoutée"
            " sans rompre la première. Demandez à l’expéditeur une version qui n’est pas encore signée."
        )
    ),
    "not_pdf": (
        N_(
            "Ce fichier s’appelle « .pdf » mais n’est pas un PDF. Ouvrez-le dans le logiciel qui l’a produit,"
            " enregistrez-le en PDF, puis déposez-le de nouveau."
        )
    ),
    "password": (
        N_(
            "Ce PDF demande un mot de passe pour s’ouvrir : ses destinataires ne pourraient pas le lire."
            " Enregistrez-le sans mot de passe, ou demandez-le ainsi à l’expéditeur, puis déposez-le de nouveau."
        )
    ),
    "program": N_("Ce fichier est un programme qui porte le nom d’un document. Il n’a pas été enregistré."),
    "too_big": (
        N_(
            "Ce fichier est trop lourd pour être déposé : 100 Mo au plus. Réduisez-le (numérisation à 150 ou 200 points"
            " par pouce) ou coupez-le en plusieurs, ou demandez-le ainsi à l’expéditeur, puis déposez-le de nouveau."
        )
    ),
    "truncated": (
        N_(
            "Ce PDF est incomplet : sa fin manque, sans doute à cause d’un transfert interrompu."
            " Téléchargez-le de nouveau, ou demandez à l’expéditeur de le renvoyer, puis déposez-le."
        )
    ),
    "unknown_page": N_("Cette page n’existe pas dans le document."),
    "unreadable": (
        N_(
            "Ce fichier est abîmé et ne peut pas être lu. Il n’a pas été enregistré."
            " Produisez-le de nouveau depuis le logiciel d’origine, puis déposez-le."
        )
    ),
}

WARNINGS = {
    "image_name": N_("L’extension de cette image ne dit pas son vrai format ; elle est gardée telle quelle."),
    "layers": N_("Ce PDF contient des calques : il pourra être lu, mais pas signé ici."),
    "locked": N_("Ce PDF porte des restrictions (impression, copie) ; il est gardé tel quel."),
    "macros": N_("Ce document contient des macros ; il ne pourra qu’être téléchargé."),
    "protected_zip": N_("Cette archive est protégée par un mot de passe : transmettez-le par un autre moyen."),
    "repaired": N_("La structure de ce PDF est irrégulière ; il est lisible et gardé tel quel."),
    "scripted_link": N_("Ce PDF renvoie vers un autre fichier, qui n’est pas joint."),
    "signed": N_("Ce PDF porte déjà une signature électronique ; il est gardé tel quel."),
    "static_form": N_("Ce PDF contient un formulaire XFA ; il est gardé tel quel."),
    "text_cut": N_("Le texte de ce document est trop long : la recherche n’en connaît que le début."),
    "unlisted": N_("La liste du contenu de cette archive est trop longue ; seul le début est montré."),
}


class FileRefused(Refused):
    """A file that cannot be kept; `reason` is a key of SENTENCES, for statistics and tests."""

    def __init__(self, reason: str, field: str | None = None) -> None:
        super().__init__(str(_(SENTENCES[reason])), field)
        self.reason = reason
