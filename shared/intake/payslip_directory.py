"""The employees of a family as payslips name them: by matricule, by name; never by guess, never by their NIR."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sqlalchemy import select

from shared.clock import day_of
from shared.documents.indexing import cut
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Party

CIVILITIES = frozenset({"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle"})


@dataclass(frozen=True)
class Employee:
    """One employee; `words` are those of the name, folded, without civility."""

    id: uuid.UUID
    code: str
    name: str
    words: tuple[str, ...]
    left_on: date | None


def matricule_key(written: str) -> str:
    """« e-0012 », « E12 » are one matricule when they are spelled alike but for zeros and separators."""
    kept = "".join(mark for mark in fold(written) if mark.isalnum())
    head = kept.rstrip("0123456789")
    return head + (kept[len(head) :].lstrip("0") or ("0" if len(kept) > len(head) else ""))


def name_words(written: str) -> tuple[str, ...]:
    """The words of a name as they are compared."""
    return tuple(word for word in cut(written) if word not in CIVILITIES)


class Directory:
    """Every employee of one family, those who left included: a last payslip finds them too."""

    def __init__(self, employees: Iterable[Employee]) -> None:
        self.by_matricule: dict[str, list[Employee]] = defaultdict(list)
        self.by_word: dict[str, set[uuid.UUID]] = defaultdict(set)
        self.by_id: dict[uuid.UUID, Employee] = {}
        self._pairs: dict[tuple[str, str], list[Employee]] = defaultdict(list)
        for each in employees:
            self.by_id[each.id] = each
            self.by_matricule[matricule_key(each.code)].append(each)
            for word in each.words:
                self.by_word[word].add(each.id)
            if len(each.words) >= 2:
                self._pairs[each.words[0], each.words[-1]].append(each)
                self._pairs[each.words[-1], each.words[0]].append(each)

    def with_matricule(self, written: str) -> list[Employee]:
        """All those whose matricule may be this one."""
        return self.by_matricule.get(matricule_key(written), [])

    def with_name(self, written: str) -> list[Employee]:
        """All those whose name may be this one, whatever the order of its words."""
        words = name_words(written)
        near = set().union(*(self.by_word.get(word, set()) for word in words)) if words else set()
        found = [self.by_id[each] for each in near if agrees(words, self.by_id[each].words)]
        return sorted(found, key=lambda each: each.code)

    def named_in(self, words: list[str]) -> list[Employee]:
        """Those whose first and last names stand side by side in a text."""
        found: dict[uuid.UUID, Employee] = {}
        for pair in pairwise(words):
            for each in self._pairs.get(pair, ()):
                found[each.id] = each
        return list(found.values())


def agrees(read: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Whether two names may be one person's: the same words, or all of the shorter, two at least."""
    fewer, more = sorted((set(read), set(known)), key=len)
    return fewer == more or (len(fewer) >= 2 and fewer <= more)


def directory_of(family_id: uuid.UUID) -> Directory:
    """The employees of this family as they stand now."""
    columns = (Party.id, Party.code, Party.name, Party.left_on, Party.closed_at)
    rows = db.session.execute(select(*columns).where(Party.family_id == family_id))
    return Directory(
        Employee(party_id, code, name, name_words(name), left_on or (day_of(closed_at) if closed_at else None))
        for party_id, code, name, left_on, closed_at in rows
    )
