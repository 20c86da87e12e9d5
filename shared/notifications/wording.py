"""The fixed sentences of the frame around a message, in each language, and French typography."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

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
            "document": "Vous recevez ce message parce que #société# met des documents "
            "à votre disposition sur son portail.",
            "access": "Vous recevez ce message parce que #société# vous ouvre un accès à son portail.",
            "security": "Vous recevez ce message parce qu’il touche à la sécurité de votre accès "
            "au portail #société# ; pour cette raison, il ne se désactive pas.",
            "business": "Vous recevez ce message parce qu’il concerne une pièce que #société# suit avec vous.",
            "request": "Vous recevez ce message parce que vous suivez une demande chez #société#.",
            "code": "Vous recevez ce message parce qu’un code vient d’être demandé sur le portail #société# "
            "pour cette adresse.",
        }
    ),
    because_of_all="Vous recevez ce message parce que vous êtes en relation avec #société#.",
    buttons=MappingProxyType(
        {"document": "Ouvrir mes documents", "access": "Ouvrir mon accès", "security": "Ouvrir la page sécurisée"}
    ),
    button_of_all="Ouvrir le portail",
    portal="Le portail",
    colon=f"{NBSP}: ",
    no_more="Ne plus recevoir nos informations, tout en restant prévenu de vos documents : #désinscription#",
)
ENGLISH = Words(
    because=MappingProxyType(
        {
            "document": "You are receiving this message because #société# makes documents "
            "available to you on its portal.",
            "access": "You are receiving this message because #société# is giving you access to its portal.",
            "security": "You are receiving this message because it concerns the security of your access to the portal "
            "of #société#; for that reason it cannot be turned off.",
            "business": "You are receiving this message because #société# is handling something with you.",
            "request": "You are receiving this message because you follow a request with #société#.",
            "code": "You are receiving this message because a code has just been asked for on the portal of #société# "
            "for this address.",
        }
    ),
    because_of_all="You are receiving this message because you are in contact with #société#.",
    buttons=MappingProxyType(
        {"document": "Open my documents", "access": "Open my access", "security": "Open the secure page"}
    ),
    button_of_all="Open the portal",
    portal="The portal",
    colon=": ",
    no_more="Receive no more news from us, and still be told of your documents: #désinscription#",
)
WORDS = {"fr": FRENCH, "en": ENGLISH}

BEFORE_SIGN = re.compile(r" (?=[;:!?»](?:\s|$))")


def language(locale: str) -> str:
    """The language whose fixed sentences are used: French where there is none."""
    short = locale.replace("_", "-").partition("-")[0].lower()
    return short if short in WORDS else "fr"


def typeset(text: str, locale: str) -> str:
    """In French, a blank before ; : ! ? » and after « never ends a line. Adds no blank where there was none."""
    if language(locale) != "fr":
        return text
    return BEFORE_SIGN.sub(NBSP, text).replace("« ", f"«{NBSP}")
