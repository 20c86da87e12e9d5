"""The mail server and SMS provider of the demo: it accepts every message, sends none, and shows them on a page.

Three domains behave like the real world: `@rebond.example` comes back as a delivery report,
`@refus.example` is refused at the door, `@lent.example` is put off twice before it is accepted.
"""
