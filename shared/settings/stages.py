"""Trying something stage by stage: each has its result and its date, the first that fails ends the try."""

from collections.abc import Callable, Iterable
from typing import Any

from shared.clock import now

Stage = tuple[str, Callable[[], str]]


class Failed(Exception):
    """A stage did not pass; `sentence` says why in French and what to do, `stage` when it was another one."""

    def __init__(self, sentence: str, stage: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.stage = stage


def walk(stages: Iterable[Stage]) -> list[dict[str, Any]]:
    """The stages as far as they went, as `SettingTrial.stages` keeps them: key, ok, said, at."""
    walked: list[dict[str, Any]] = []
    for key, work in stages:
        try:
            said, ok = work(), True
        except Failed as failure:
            said, ok = failure.sentence, False
        walked.append({"key": key, "ok": ok, "said": said, "at": now().isoformat()})
        if not ok:
            break
    return walked
