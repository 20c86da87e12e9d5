"""The texts that messages are made from: the current version of a template, compiled once and kept."""

import functools
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from shared.config import config
from shared.errors import Refused
from shared.notifications.models import Template, TemplateVersion
from shared.notifications.promoting import INFORMATION, SERVICE, with_promotion, without_promotion
from shared.notifications.rendering import Brand, Compiled
from shared.notifications.rendering import compile as compile_text
from shared.people.models import Activity
from shared.settings.reading import LOGO, setting

FALLBACK = "fr"


@dataclass(frozen=True)
class Text:
    """One version of a template, ready to merge."""

    version_id: uuid.UUID
    compiled: Compiled
    context: str
    kind: str = SERVICE
    blind_copies: str = ""
    bare: Compiled | None = None  # of an information message: what is left without promotion


def brand_of(company: Activity) -> Brand:
    """Whose messages they are."""
    return Brand(
        company=company.name,
        portal_url=config().public_url,
        domain=company.domain,
        colour=company.colour,
        ink=company.ink,
        signature=setting("mail_signature"),
        legal=company.legal,
        zone=company.time_zone,
        logo=f"{config().public_url}{LOGO.format(company.logo_sha256)}" if company.logo_sha256 else "",
    )


def current_texts(
    connection: Connection, wanted: Iterable[tuple[uuid.UUID, str]], brand: Brand
) -> dict[tuple[uuid.UUID, str], Text]:
    """(template, locale) → its current text, in French where that language has none. One query."""
    pairs = set(wanted)
    query = (
        select(
            TemplateVersion.id,
            TemplateVersion.template_id,
            TemplateVersion.locale,
            TemplateVersion.subject,
            TemplateVersion.body,
            Template.context,
            Template.kind,
            Template.blind_copies,
        )
        .join(Template)
        .where(TemplateVersion.is_current, TemplateVersion.template_id.in_({template for template, _locale in pairs}))
    )
    found = {(row.template_id, row.locale): text for row in connection.execute(query) if (text := _text(row, brand))}
    return {pair: text for pair in pairs if (text := found.get(pair) or found.get((pair[0], FALLBACK))) is not None}


def _text(row: Any, brand: Brand) -> Text | None:
    """None for a text that cannot be read, written by another release: its messages stay drafts, the others leave."""
    try:
        plain = compiled(row.id, row.subject, without_promotion(row.body), brand, row.locale, row.context)
        if row.kind != INFORMATION:
            return Text(row.id, plain, row.context, row.kind, row.blind_copies)
        whole = compiled(row.id, row.subject, row.body, brand, row.locale, row.context, informs=True)
        return Text(row.id, whole, row.context, row.kind, row.blind_copies, plain)
    except Refused:
        return None


@functools.lru_cache(maxsize=256)
def compiled(
    key: uuid.UUID | str, subject: str, body: str, brand: Brand, locale: str, context: str, *, informs: bool = False
) -> Compiled:
    """A text compiled once; `key` names the version, or the row whose text a person edited.

    `informs`: an information message, which holds its promotion and says how to have no more of them.
    """
    body = with_promotion(body) if informs else without_promotion(body)
    return compile_text(subject, body, brand, locale=locale, kind=context, informs=informs)
