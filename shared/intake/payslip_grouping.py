"""Which pages of a file are one payslip. A page joins the one before it only when something says so."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from shared.intake.payslip_models import PageVerdict
from shared.intake.payslip_reading import Seen


@dataclass
class Group:
    """Pages `first` to `first + len(pages) - 1`; `doubt` is a sentence, `verdict` what it already is."""

    first: int
    pages: list[Seen]
    verdict: PageVerdict | None = None
    doubt: str = ""
    who: str = ""  # the employee, when matricule and name leave no doubt
    notes: list[str] = field(default_factory=list)

    @property
    def last(self) -> int:
        """Its last page."""
        return self.first + len(self.pages) - 1

    def doubtful(self, sentence: str) -> None:
        """The first doubt is the one told."""
        self.doubt = self.doubt or sentence


def grouped(pages: Sequence[Seen], people: Sequence[str]) -> list[Group]:
    """The payslips of a file, every page in one of them; `people`: whom each identified page names, or ""."""
    made: list[Group] = []
    current: Group | None = None
    for number, (seen, who) in enumerate(zip(pages, people, strict=True), start=1):
        if seen.damaged or seen.blank or seen.empty:
            current = _unreadable(made, current, number, seen)
            continue
        why_not = _why_apart(current, seen)
        if current is not None and why_not == "":
            current.pages.append(seen)
            continue
        current = Group(number, [seen], who=who)
        if not seen.is_identified:
            current.verdict = PageVerdict.DOUBTFUL if why_not else PageVerdict.UNKNOWN
            current.doubtful(why_not or _unnamed(seen))
        made.append(current)
        if current.verdict is not None:
            current = None
    for group in made:
        _check_whole(group)
    return made


def _unreadable(made: list[Group], current: Group | None, number: int, seen: Seen) -> Group | None:
    verdict = PageVerdict.DAMAGED if seen.damaged else PageVerdict.NO_TEXT
    group = Group(number, [seen], verdict)
    if seen.damaged:
        group.doubtful(_("Cette page est abîmée : elle ne peut pas être lue. Demandez-la de nouveau à la paie."))
    elif seen.blank:
        group.doubtful(_("Cette page est blanche : il n’y a rien à distribuer."))
    else:
        group.doubtful(_("Cette page n’a pas de texte : c’est une image, et elle n’a pas pu être lue."))
    if current is not None and not seen.blank and not current.pages[-1].of:
        current.doubtful(
            _(
                "La page %(page)s, juste après, n’a pas pu être lue : ce bulletin n’est peut-être pas complet.",
                page=number,
            )
        )
    made.append(group)
    return None


def _why_apart(current: Group | None, seen: Seen) -> str | None:
    """Empty when the page continues the payslip before it; None when it begins one; else why it can be neither."""
    if current is None:
        return None
    before, first = current.pages[-1], current.pages[0]
    if seen.is_identified:
        return "" if _repeats(first, before, seen) else None
    if before.of and before.page >= before.of:
        return str(_("Cette page ne porte ni matricule ni nom, et le bulletin qui la précède est complet."))
    if seen.page and seen.page != (before.page or len(current.pages)) + 1:
        return str(_("Cette page ne porte ni matricule ni nom, et son numéro ne suit pas celui de la page précédente."))
    if seen.layout != first.layout and not (seen.page and not seen.layout):
        told = _(
            "Cette page ne porte ni matricule ni le signe reconnu : dites si c’est la suite du bulletin précédent."
        )
        return str(told)
    if seen.header and not seen.page:
        return str(_("Cette page a l’en-tête d’un bulletin, mais ni son matricule ni son nom ne peuvent être lus."))
    if any(each != current.who for each in seen.named):
        return str(_("Cette page ne porte pas de matricule, et elle nomme quelqu’un d’autre que la page précédente."))
    return ""


def _repeats(first: Seen, before: Seen, seen: Seen) -> bool:
    """The same person and month again, on a page that is not a first one nor the same page twice."""
    same = (seen.layout, seen.matricule) == (first.layout, first.matricule) and (
        bool(seen.matricule) or seen.name == first.name
    )
    if not same or (seen.name and first.name and seen.name != first.name):
        return False
    if seen.period and first.period and seen.period != first.period:
        return False
    if seen.page or before.page:
        return seen.page == before.page + 1
    return seen.words not in (before.words, first.words)


def _check_whole(group: Group) -> None:
    first, last = group.pages[0], group.pages[-1]
    if first.page > 1:
        group.doubtful(_("Ce bulletin commence à sa page %(page)s : le début manque.", page=first.page))
    elif last.of and last.page < last.of:
        group.doubtful(
            _("Ce bulletin est incomplet : il s’arrête à sa page %(page)s sur %(of)s.", page=last.page, of=last.of)
        )


def _unnamed(seen: Seen) -> str:
    if not seen.layout:
        return str(_("Aucune règle ne reconnaît cette page : faites-en une à partir d’elle, ou écartez-la."))
    return str(_("Cette page ne porte ni matricule ni nom, et ne suit aucun bulletin."))
