"""What became of the drafts of one run, in sentences."""

from flask_babel import ngettext

from shared.notifications.proposals import Done


def told_of(done: Done) -> str:
    """How many leave, and what happens to the others."""
    return " ".join(said for count, said in _sentences(done) if count)


def _sentences(done: Done) -> list[tuple[int, str]]:
    """Number and sentence; the first is said even of none, where nothing else is."""
    alone = not any(done[1:])
    leaving = ngettext("%(num)s message part.", "%(num)s messages partent.", done.leaving)
    lacking = ngettext(
        "%(num)s attend une adresse : il est dans « À traiter ».",
        "%(num)s attendent une adresse : ils sont dans « À traiter ».",
        done.without_address,
    )
    over = ngettext(
        "%(num)s n’a plus d’objet : il est annulé, l’historique dit pourquoi.",
        "%(num)s n’ont plus d’objet : ils sont annulés, l’historique dit pourquoi.",
        done.over,
    )
    incomplete = ngettext(
        "%(num)s reste en brouillon, il lui manque une valeur : sa ligne de l’historique la nomme.",
        "%(num)s restent en brouillon, il leur manque une valeur : leur ligne de l’historique la nomme.",
        done.incomplete,
    )
    late = ngettext("%(num)s avait déjà été décidé.", "%(num)s avaient déjà été décidés.", done.too_late)
    return [
        (done.leaving or alone, leaving),
        (done.without_address, lacking),
        (done.over, over),
        (done.incomplete, incomplete),
        (done.too_late, late),
    ]
