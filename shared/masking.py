"""Addresses and numbers as proof and pages show them: enough to recognise one's own, not enough to use it."""


def masked_email(address: str) -> str:
    """« c•••@exemple.fr »; empty stays empty."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}•••{at}{domain}" if at else ("•••" if address else "")


def masked_phone(number: str) -> str:
    """« ••••••4218 »: the last four digits."""
    digits = [mark for mark in number if mark.isdigit()]
    return "••••••" + "".join(digits[-4:]) if len(digits) > 4 else ("••••" if number else "")
