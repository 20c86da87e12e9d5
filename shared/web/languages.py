"""In which language a person reads: the one they chose, else their party's, else their browser's, else French."""

import functools

from babel import Locale
from flask import Flask, Response, current_app, has_request_context, request

from shared.catalogues import SOURCE, compile_into, languages
from shared.config import config
from shared.extensions import babel, db
from shared.people.languages import speak
from shared.web import cookies, visitors
from shared.web.page import go
from shared.web.redirects import safe_next
from shared.web.zone import company_zone

COOKIE = "language"
YEAR = 365 * 24 * 3600


def install(app: Flask) -> None:
    """Compile what is new, and choose the language of each request."""
    compiled = config().var / "translations"
    compile_into(compiled)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(compiled)
    app.jinja_env.globals["languages"] = languages()
    babel.init_app(app, locale_selector=_locale, timezone_selector=company_zone)


def choose() -> str:
    """The language of this request; French outside of one."""
    if not has_request_context():
        return SOURCE
    offered = _offered()
    for wanted in (_own(), request.cookies.get(cookies.name_of(COOKIE))):
        if wanted in offered:
            return str(wanted)
    return request.accept_languages.best_match(list(offered)) or SOURCE


def change(locale: str, home: str) -> Response:
    """Keep the choice with the person, or in a cookie for a visitor, and come back to the page; `home` otherwise.

    A language that is not offered changes nothing.
    """
    answer = go(safe_next(request.form.get("next", ""), otherwise=home))
    if locale not in _offered():
        return answer
    if (staff := visitors.staff_or_none()) is not None:
        staff.locale = locale
    elif (seat := visitors.seat_or_none()) is not None and visitors.impersonator() is None:
        speak(person=seat.account.person, locale=locale, by=visitors.actor())
    else:
        cookies.put(answer, COOKIE, locale, YEAR)
    db.session.flush()
    return answer


def _locale() -> Locale:
    """The same object for a language each time: what is kept by locale is found without comparing two."""
    return _parsed(choose())


@functools.cache
def _parsed(language: str) -> Locale:
    return Locale.parse(language)


def _own() -> str | None:
    """What the person who is signed in reads; staff who look as the customer keep their own."""
    if (staff := visitors.staff_or_none() or visitors.impersonator()) is not None:
        return staff.locale
    seat = visitors.seat_or_none()
    return (seat.account.person.locale or seat.party.locale) if seat is not None else None


def _offered() -> dict[str, str]:
    known: dict[str, str] = current_app.jinja_env.globals["languages"]  # type: ignore[assignment]
    return known
