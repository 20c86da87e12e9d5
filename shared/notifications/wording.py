"""The fixed sentences of the frame around a message, in each language, and French typography."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shared.catalogues import SOURCE, languages, texts
from shared.words import N_

NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Words:
    """What the frame says by itself in one language; `#champs#` are replaced here too."""

    because: Mapping[str, str]
    because_of_all: str
    buttons: Mapping[str, str]
    button_of_all: str
    portal: str
    colon: str
    no_more: str  # under an information message


FRENCH = Words(
    because=MappingProxyType(
        {
            "document": N_(
                "Vous recevez ce message parce que #société# met des documents à votre disposition sur son portail."
            ),
            "access": N_("Vous recevez ce message parce que #société# vous ouvre un accès à son portail."),
            "security": N_(
                "Vous recevez ce message parce qu’il touche à la sécurité de votre accès "
                "au portail #société# ; pour cette raison, il ne se désactive pas."
            ),
            "business": N_("Vous recevez ce message parce qu’il concerne une pièce que #société# suit avec vous."),
            "request": N_("Vous recevez ce message parce que vous suivez une demande chez #société#."),
            "code": N_(
                "Vous recevez ce message parce qu’un code vient d’être demandé sur le portail #société# "
                "pour cette adresse."
            ),
        }
    ),
    because_of_all=N_("Vous recevez ce message parce que vous êtes en relation avec #société#."),
    buttons=MappingProxyType(
        {
            "document": N_("Ouvrir mes documents"),
            "access": N_("Ouvrir mon accès"),
            "security": N_("Ouvrir la page sécurisée"),
        }
    ),
    button_of_all=N_("Ouvrir le portail"),
    portal=N_("Le portail"),
    colon=f"{NBSP}: ",
    no_more=N_("Ne plus recevoir nos informations, tout en restant prévenu de vos documents : #désinscription#"),
)

BEFORE_SIGN = re.compile(r" (?=[;:!?»](?:\s|$))")


@functools.cache
def frame_words(locale: str) -> Words:
    """The fixed sentences in that language, from its catalogue; French where there is none."""
    known = texts(language(locale))
    if not known:
        return FRENCH
    return Words(
        because=MappingProxyType({kind: known.get(text, text) for kind, text in FRENCH.because.items()}),
        because_of_all=known.get(FRENCH.because_of_all, FRENCH.because_of_all),
        buttons=MappingProxyType({kind: known.get(text, text) for kind, text in FRENCH.buttons.items()}),
        button_of_all=known.get(FRENCH.button_of_all, FRENCH.button_of_all),
        portal=known.get(FRENCH.portal, FRENCH.portal),
        colon=": ",
        no_more=known.get(FRENCH.no_more, FRENCH.no_more),
    )


def language(locale: str) -> str:
    """The language whose fixed sentences are used: French where there is none."""
    short = locale.replace("_", "-").partition("-")[0].lower()
    return short if short in languages() else SOURCE


def typeset(text: str, locale: str) -> str:
    """In French, a blank before ; : ! ? » and after « never ends a line. Adds no blank where there was none."""
    if language(locale) != SOURCE:
        return text
    return BEFORE_SIGN.sub(NBSP, text).replace("« ", f"«{NBSP}")
