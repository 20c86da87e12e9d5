"""What may stand in a mail header.

CPython before 3.13 turns an encoded word inside a name or a subject into real headers
(CVE-2024-6923), so that nothing which looks like one, and no control character, is let in.
"""

import re

from flask_babel import gettext as _

from shared.errors import Refused

# C0, DEL and C1 controls, line and paragraph separators, direction overrides, lone surrogates.
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]|=\\?")


def clean(text: str, field: str | None = None) -> str:
    """The text without blanks around it; raises Refused when it could forge a header."""
    kept = text.strip(" \u00a0")
    found = FORBIDDEN.search(kept)
    if found is None:
        return kept
    if found.group() == "=?":
        raise Refused(
            _("« =? » n’est pas admis dans un objet, un nom ou une adresse : retirez ces deux signes."), field
        )
    raise Refused(
        _("Un saut de ligne ou un caractère invisible se trouve dans un objet, un nom ou une adresse : retirez-le."),
        field,
    )
