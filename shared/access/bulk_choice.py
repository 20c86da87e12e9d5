"""What was chosen beside the button: the rights that are given, and whether the other contacts are taken along."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from shared.access.models import Act

Folders = Sequence[uuid.UUID] | None  # None: every shared folder


@dataclass(frozen=True)
class BulkChoice:
    """`folder_ids` counts unless `keeps_folders`; an act that is neither given nor taken stays as it is on each line.

    `others`: where access is withdrawn or sessions are ended, those of every other contact of the party too.
    """

    folder_ids: Folders = None
    keeps_folders: bool = False
    given: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()
    others: bool = False

    def folders(self, standing: Folders) -> Folders:
        """What a line that opens `standing` opens afterwards."""
        return standing if self.keeps_folders else self.folder_ids

    def acts(self, standing: Collection[str]) -> list[str]:
        """What may be done afterwards where `standing` may be done now, in the order of the database."""
        return [act.value for act in Act if act in self.given or (act in standing and act not in self.taken)]

    def written(self) -> dict[str, Any]:
        """As it is kept with the action."""
        return {
            "folder_ids": None if self.folder_ids is None else [str(each) for each in self.folder_ids],
            "keeps_folders": self.keeps_folders,
            "given": sorted(self.given),
            "taken": sorted(self.taken),
            "others": self.others,
        }


NOTHING = BulkChoice()


def choice_from(written: dict[str, Any]) -> BulkChoice:
    """The same read back; what an action did not speak of yet was not chosen."""
    ids = written.get("folder_ids")
    return BulkChoice(
        None if ids is None else [uuid.UUID(each) for each in ids],
        written.get("keeps_folders", False),
        frozenset(written.get("given", ())),
        frozenset(written.get("taken", ())),
        written.get("others", False),
    )
