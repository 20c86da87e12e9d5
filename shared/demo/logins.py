"""Who signs in to the demo. Passwords are drawn from the installation's key: nowhere written, always the same here."""

import base64
from dataclasses import dataclass

from shared.access import totp
from shared.access.passwords import ALPHABET
from shared.config import config
from shared.demo.parties import COMPANY, demo_party

DOMAIN = "atelier-lumen.example"
SHOP = "4"  # « Ma jolie boutique », whom the story lets in


@dataclass(frozen=True)
class DemoStaff:
    """A member of staff; `family` limits the grant."""

    email: str
    name: str
    role: str
    words: str
    family: str | None = None


ADMINISTRATOR = DemoStaff(f"admin@{DOMAIN}", "Claire Vasseur", "administrator", "administratrice")
MANAGER = DemoStaff(f"gestion@{DOMAIN}", "Inès Carpentier", "manager", "gestionnaire, bulletins de paie compris")
OTHERS = (
    DemoStaff(f"referent@{DOMAIN}", "Paul Verdier", "referent", "référent, clients seulement", "customers"),
    DemoStaff(f"lecture@{DOMAIN}", "Salomé Bertin", "reader", "lecture seule"),
)
SHOWN = (("customers", "1"), ("customers", "2"), ("employees", "E001"), ("suppliers", "F01"))


def demo_password(whose: str) -> str:
    """Sixteen characters for `staff`, `portal` or a code: whoever cannot read this machine's key cannot guess them."""
    figures = config().derive(f"demo:{whose}".encode())
    drawn = "".join(ALPHABET[byte % len(ALPHABET)] for byte in figures[:16])
    return "-".join(drawn[at : at + 4] for at in range(0, 16, 4))


def demo_totp() -> str:
    """The secret of the administrator's second factor: to be typed into an application."""
    return base64.b32encode(config().derive(b"demo:totp")[:20]).decode()


def welcome(*, administrator: str | None, activated: int, with_shop: bool) -> str:
    """The logins, to be shown once everything runs; `administrator` is None when the environment named one."""
    staff = [ADMINISTRATOR, MANAGER, *OTHERS] if administrator else [MANAGER, *OTHERS]
    lines = ["", f"  {COMPANY.name} : de quoi se connecter (tant que vous ne changez pas ces mots de passe)"]
    if not administrator:
        lines.append("  Back-office   l’administrateur que donnent GUICHET_ADMIN_EMAIL et GUICHET_ADMIN_PASSWORD")
    lines += [f"  Back-office   {one.email:<32} {demo_password('staff')}   {one.words}" for one in staff]
    if administrator:
        lines.append(f"  {'':13} second facteur de l’administratrice : clé {demo_totp()}, code du moment {_code()}")
    if with_shop:
        lines.append(_portal(SHOP, demo_password(SHOP), demo_party("customers", SHOP).name))
    for family, code in SHOWN:
        lines.append(_portal(code, demo_password("portal"), demo_party(family, code).name))
    lines.append(
        f"  {'':13} {activated} clients, salariés et fournisseurs ont ce dernier mot de passe, chacun avec son code."
    )
    return "\n".join(lines)


def _code() -> str:
    return totp.code_of(demo_totp())


def _portal(code: str, password: str, name: str) -> str:
    return f"  Portail       {code:<32} {password}   {name}"
