"""What a verb raises when a rule of the house is broken."""


class Refused(Exception):
    """A rule was broken; `sentence` is shown to the person as it stands.

    `field` names the form field concerned, or None for the whole form.
    """

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class Stale(Refused):
    """Somebody else changed the row in between; answered with 409."""
