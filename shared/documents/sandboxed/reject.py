"""How the sandbox says no."""


class Reject(Exception):
    """`reason` is a key of `shared.documents.refusals.SENTENCES`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
