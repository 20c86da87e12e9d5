"""An error says what happened, that nothing was lost and what to do; it never says how we are made."""

from dataclasses import dataclass

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import force_locale, lazy_gettext
from flask_wtf.csrf import CSRFError
from psycopg.errors import ForeignKeyViolation, UniqueViolation
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from shared.catalogues import SOURCE, languages
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.web import problems
from shared.web.page import is_htmx


@dataclass(frozen=True)
class Explanation:
    """What a person reads for one status."""

    title: str
    happened: str
    advice: str
    icon: str = "exclamation-circle"


EXPLANATIONS = {
    400: Explanation(
        lazy_gettext("Demande incomprise"),
        lazy_gettext("L’adresse ou le formulaire reçu n’a pas la forme attendue. Rien n’a été modifié."),
        lazy_gettext("Revenez à la page précédente et recommencez."),
    ),
    401: Explanation(
        lazy_gettext("Connexion nécessaire"),
        lazy_gettext("Votre session est terminée ou n’a pas commencé. Rien n’a été modifié."),
        lazy_gettext("Connectez-vous, puis recommencez."),
        "lock",
    ),
    403: Explanation(
        lazy_gettext("Accès refusé"),
        lazy_gettext("Votre compte n’a pas le droit de faire cela. Rien n’a été modifié."),
        lazy_gettext("Si vous pensez en avoir besoin, demandez-le à la personne qui gère les accès."),
        "shield-lock",
    ),
    404: Explanation(
        lazy_gettext("Page introuvable"),
        lazy_gettext("Cette adresse ne mène à rien que vous puissiez ouvrir. Rien n’a été perdu."),
        lazy_gettext("Vérifiez l’adresse, ou repartez de l’accueil."),
        "search",
    ),
    405: Explanation(
        lazy_gettext("Action impossible ici"),
        lazy_gettext("Cette adresse n’accepte pas cette action. Rien n’a été modifié."),
        lazy_gettext("Repartez de l’accueil et utilisez les boutons de la page."),
    ),
    409: Explanation(
        lazy_gettext("Modifié entre-temps"),
        lazy_gettext("Quelqu’un a changé cet élément pendant que vous le regardiez. Rien n’a été écrasé."),
        lazy_gettext("Rechargez la page pour voir le dernier état, puis recommencez."),
        "arrow-left-right",
    ),
    410: Explanation(
        lazy_gettext("Lien terminé"),
        lazy_gettext("Ce lien a expiré, a déjà servi, ou le document n’est plus partagé. Rien n’a été perdu."),
        lazy_gettext("Connectez-vous à votre espace pour retrouver vos documents, ou demandez un nouveau lien."),
        "hourglass-split",
    ),
    413: Explanation(
        lazy_gettext("Envoi trop volumineux"),
        lazy_gettext("Le fichier ou la sélection dépasse la taille acceptée. Rien n’a été enregistré."),
        lazy_gettext("Choisissez un fichier plus léger, ou envoyez en plusieurs fois."),
        "file-earmark-zip",
    ),
    422: Explanation(
        lazy_gettext("Demande refusée"),
        lazy_gettext("Une règle empêche cette action. Rien n’a été modifié."),
        lazy_gettext("Revenez à la page précédente pour corriger."),
    ),
    429: Explanation(
        lazy_gettext("Trop d’essais"),
        lazy_gettext("Beaucoup de demandes sont arrivées en peu de temps. Rien n’a été perdu."),
        lazy_gettext("Patientez quelques minutes avant de recommencer."),
        "stopwatch",
    ),
    500: Explanation(
        lazy_gettext("Une erreur de notre côté"),
        lazy_gettext("L’action n’a pas pu aller au bout et a été annulée en entier. Rien n’a été perdu."),
        lazy_gettext("Recommencez dans un moment. Si cela se reproduit, prévenez-nous en donnant l’heure."),
        "life-preserver",
    ),
    503: Explanation(
        lazy_gettext("Service momentanément indisponible"),
        lazy_gettext("Une partie du service redémarre ou ne répond pas. Ce qui était enregistré est en sécurité."),
        lazy_gettext("Recommencez dans une minute."),
        "clock-history",
    ),
}
AWAY = (OperationalError, InterfaceError)
EXPIRED_FORM = Explanation(
    lazy_gettext("Page restée ouverte trop longtemps"),
    lazy_gettext("Pour votre sécurité, ce formulaire n’est plus valable. Rien n’a été modifié."),
    lazy_gettext("Revenez à la page précédente, rechargez-la et recommencez."),
    "clock-history",
)


def install(app: Flask) -> None:
    """Answer every error in words."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(CSRFError, expired_form)
    app.register_error_handler(Refused, refused)
    app.register_error_handler(DataError, unstorable)
    app.register_error_handler(IntegrityError, overtaken)
    for kind in AWAY:
        app.register_error_handler(kind, unavailable)


def http_error(error: HTTPException) -> Response | HTTPException:
    """A status raised by a view or by the framework; redirects and ready-made answers pass as they are."""
    if isinstance(getattr(error, "original_exception", None), AWAY):
        return unavailable(error)
    if error.response is not None or error.code is None or error.code < 400:
        return error
    answer = explain(error.code, EXPLANATIONS.get(error.code))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def expired_form(error: CSRFError) -> Response:
    """A form without a valid token: refused, whatever the reason, which only the log knows."""
    current_app.logger.info("csrf refused: %s", error.description)
    return explain(403, EXPIRED_FORM)


def refused(error: Refused) -> Response:
    """A rule of the house that the view did not show beside its form."""
    status = 409 if isinstance(error, Stale) else 422
    usual = EXPLANATIONS[status]
    return explain(status, Explanation(usual.title, error.sentence, usual.advice, usual.icon))


def unstorable(error: DataError) -> Response:
    """A value that no column can hold, such as a U+0000 or a number of forty figures: nobody types it by mistake."""
    db.session.rollback()
    current_app.logger.warning("a value was refused by the database: %s", type(error.orig).__name__)
    return explain(400, EXPLANATIONS[400])


def overtaken(error: IntegrityError) -> Response:
    """Two requests made, or removed, the same thing at once: the second finds it so when it comes again.

    Another broken constraint is a fault of ours.
    """
    db.session.rollback()
    if not isinstance(error.orig, (UniqueViolation, ForeignKeyViolation)):
        raise error
    named = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    current_app.logger.error("overtaken: %s", named or type(error.orig).__name__)
    return explain(409, EXPLANATIONS[409])


def unavailable(error: Exception) -> Response:
    """The database does not answer: nothing was written, and the next request may well succeed."""
    current_app.logger.error("database unavailable: %s", type(error).__name__)
    answer = explain(503, EXPLANATIONS[503])
    answer.headers["Retry-After"] = "30"
    return answer


def explain(status: int, explanation: Explanation | None = None) -> Response:
    """The page of an error, a message for HTMX to show above the page it came from, or JSON for the API."""
    told = explanation or EXPLANATIONS[500 if status >= 500 else 400]
    if request.path.startswith("/api/"):
        return problems.answer(problems.body_of(status, str(told.title), str(told.happened)))
    if is_htmx():
        answer = make_response(_render("errors/fragment.html", status, told), status)
        answer.headers["HX-Retarget"] = "#toasts"
        answer.headers["HX-Reswap"] = "beforeend"
    else:
        answer = make_response(_render("errors/page.html", status, told), status)
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.add("HX-Request")
    return answer


def _render(template: str, status: int, told: Explanation) -> str:
    """From 500 up, what fills the layouts may itself be broken: the page is made from what we hold."""
    home = "/backoffice" if request.path.startswith("/backoffice") else "/"
    if status < 500:
        return render_template(template, status=status, told=told, home_url=home)
    language = request.accept_languages.best_match(list(languages())) or SOURCE
    with force_locale(language):
        return current_app.jinja_env.get_template(template).render(
            status=status, told=told, home_url=home, bare=not is_htmx()
        )
