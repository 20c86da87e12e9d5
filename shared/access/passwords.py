"""Passwords: hashed slowly, drawn by the system's generator, judged by their strength and nothing else."""

import functools
import math
import secrets
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from shared.access.common_words import RUNS, WORDS
from shared.errors import Refused
from shared.folding import fold

SHORTEST, LONGEST = 12, 256
STRONG = 3  # of zxcvbn's 0 to 4: more than 10^8 guesses
LOOKED_AT = 72  # characters that zxcvbn weighs; beyond them a password is strong whatever it says

# No letter or figure that could be taken for another: neither 0 nor o, 1, l nor i, 2 nor z, 5 nor s, 6 nor b, 9 nor q.
ALPHABET = "acdefghjkmnprtuvwxy3478"
GROUPS, GROUP = 4, 4
BITS = GROUPS * GROUP * math.log2(len(ALPHABET))  # 72

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_dummy = _hasher.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """argon2id, 19 MiB, two passes: about 20 ms, and the interpreter lock is free meanwhile."""
    return _hasher.hash(_normal(password))


def verify(hashed: str | None, password: str) -> bool:
    """Whether `password` is the one behind `hashed`. Without a hash it costs the same and says no."""
    try:
        return _hasher.verify(hashed or _dummy, _normal(password)) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def burn(times: int = 1) -> None:
    """Spend what `times` verifications cost, so that an unknown identifier takes as long as a known one."""
    for _time in range(times):
        verify(None, "")


def draw() -> str:
    """A new initial password of 16 characters and 72 bits, in groups easy to read: « acde-fghj-kmnp-rtuv »."""
    groups = ("".join(secrets.choice(ALPHABET) for _character in range(GROUP)) for _group in range(GROUPS))
    return "-".join(groups)


def check_new(password: str, own_words: Iterable[str] = ()) -> None:
    """Refuse a password that is short, common, made of the person's own words, or guessed too soon.

    `own_words`: names of the company, the party and the person, code, domain. No rule of composition.
    """
    password = _normal(password)
    if len(password) < SHORTEST:
        raise _refused(
            _("Ce mot de passe est trop court : il en faut %(least)s caractères ou plus.", least=SHORTEST)
            + " "
            + _("Une suite de quatre ou cinq mots sans rapport fait très bien l’affaire.")
        )
    if len(password) > LONGEST:
        raise _refused(_("Ce mot de passe est trop long : %(most)s caractères au plus.", most=LONGEST))
    folded, words = fold(password), _split(own_words)
    if _is_common(folded):
        raise _refused(_("Ce mot de passe figure dans les listes des plus utilisés : quelqu’un l’essaierait d’abord."))
    if _is_own(folded, words):
        raise _refused(
            _("Ce mot de passe reprend surtout votre nom, votre code ou celui de la société : choisissez autre chose.")
        )
    from zxcvbn import zxcvbn  # its lists weigh twelve megabytes, for a page that few ask for

    judged = zxcvbn(password[:LOOKED_AT], user_inputs=[*words, *WORDS, *RUNS])
    if judged["score"] < STRONG:
        raise _refused(_why_weak(judged["sequence"]))


def _refused(sentence: str) -> Refused:
    return Refused(sentence, field="password")


def _normal(password: str) -> str:
    """The same keys give the same bytes on every system. Cut: hashing a book would be an attack."""
    return unicodedata.normalize("NFKC", password)[: 4 * LONGEST]


def _split(own_words: Iterable[str]) -> list[str]:
    """« Ateliers Dubois » is also « ateliers », « dubois » and « ateliersdubois »."""
    words: set[str] = set()
    for own in own_words:
        folded = fold(own)
        parts = "".join(mark if mark.isalnum() else " " for mark in folded).split()
        words |= {part for part in (*parts, "".join(parts)) if len(part) >= 3}
    return sorted(words, key=lambda word: (-len(word), word))


@functools.cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"]) | frozenset(WORDS)


def _is_common(folded: str) -> bool:
    bare = folded.replace(" ", "")
    return bool({folded, bare, bare.strip("0123456789!?.*-_@#$")} & _common())


def _is_own(folded: str, words: list[str]) -> bool:
    left = folded
    for word in words:
        left = left.replace(word, "")
    letters, figures = sum(mark.isalpha() for mark in left), sum(mark.isdigit() for mark in left)
    return left != folded and letters < 4 and letters + figures < 8


def _why_weak(sequence: list[dict[str, str]]) -> str:
    patterns = {part["pattern"]: len(part["token"]) for part in sequence}
    sentences = {
        "repeat": _("Ce mot de passe répète les mêmes caractères : il se devinerait vite."),
        "sequence": _("Ce mot de passe suit une suite connue (abcd, 4321…) : il se devinerait vite."),
        "spatial": _("Ce mot de passe suit les touches du clavier : il se devinerait vite."),
        "date": _("Ce mot de passe tient surtout à une date : il se devinerait vite."),
        "dictionary": _(
            "Ce mot de passe est fait de mots trop courants : ajoutez-en un ou deux, sans rapport entre eux."
        ),
    }
    main = max(patterns, key=lambda pattern: patterns[pattern], default="")
    why: str = sentences.get(
        main, _("Ce mot de passe se devinerait trop vite : allongez-le d’un ou deux mots sans rapport.")
    )
    return why
