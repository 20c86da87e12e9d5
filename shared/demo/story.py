"""The main job, done once over HTTP: from a customer who has nothing to an invoice in that customer's hands."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import click
from sqlalchemy import func, select

from shared.access.models import Access
from shared.clock import now
from shared.config import Config, config
from shared.demo.loading import MARK, mark_of_demo
from shared.demo.logins import MANAGER, SHOP, demo_password, welcome
from shared.demo.mailbox import awaited, newest
from shared.demo.shop import DUE, NEW_BILLING, NUMBER, TOTAL, invoice_file, the_shop
from shared.demo.walking import Lost, Page, Upload, Walker, wait_for
from shared.documents.models import Download, ReadingKind
from shared.extensions import db
from shared.people.models import Family, Party
from shared.settings.models import Setting
from shared.transactions import transaction


def tell() -> None:
    """Tell the story if it was not told yet, then the logins. Exit code 1 when a step fails: it is named."""
    with transaction():
        mark = mark_of_demo()
        is_known = mark is not None and _shop_has_access()
    if mark is None:
        return
    invoice_file()
    done = is_known or _tell_or_leave(mark)
    if is_known:
        click.echo("« Ma jolie boutique » a déjà un accès : le parcours de démonstration n’est pas rejoué.")
    with transaction():
        mark = mark_of_demo() or mark
    shown = welcome(
        administrator=mark["administrator"], activated=mark["activated"], with_shop=mark.get("story", False)
    )
    click.echo(shown)
    if not done:
        raise SystemExit(1)


def _tell_or_leave(mark: dict[str, Any]) -> bool:
    """Tell it, unless its messages would leave for the world; False when a step failed."""
    if "smtp" not in config().embedded:
        click.echo(
            "Un vrai serveur de messagerie est configuré : la démonstration n’envoie rien. À vous de créer le client 4 "
            f"avec vos adresses, d’autoriser son accès, puis de déposer {invoice_file()} dans « Explorer la GED »."
        )
        return True
    if not _tell(config()):
        return False
    with transaction():  # from now on its login is the one that the demo knows
        db.session.merge(Setting(key=MARK, value={**mark, "story": True}, by="command", at=now()))
    return True


@dataclass
class Story:
    """What passes from one step to the next."""

    config: Config
    staff: Walker
    customer: Walker
    before: dict[str, str] = field(default_factory=dict)  # the newest message of each address when we began
    party: str = ""
    document: str = ""
    notice: str = ""

    def enter(self) -> str:
        """The clerk signs in at the back office."""
        page = self.staff.visit("/backoffice/sign-in")
        self.staff.press(page, "Se connecter", email=MANAGER.email, password=demo_password("staff"))
        self.staff.visit("/backoffice/parties?family=customers").holds("Hôtel des Tisseurs")
        return f"{MANAGER.name} ouvre le back-office"

    def register(self) -> str:
        """Find or create the customer."""
        shop, listed = the_shop(), self.staff.visit(f"/backoffice/parties?family=customers&q={SHOP}")
        if shop.name in listed.text:
            self.party = listed.link(shop.name)
            return f"« {shop.name} » est trouvée, code {SHOP}"
        form = self.staff.visit(listed.link("Ajouter un client"))
        card = {
            "code": SHOP,
            "name": shop.name,
            "siret": shop.siret,
            "vat_number": shop.vat,
            "street": shop.street,
            "postcode": shop.postcode,
            "city": shop.city,
            "phone": shop.phone,
        }
        cells = {f"email_{slot}": address for slot, address in shop.cells.items()}
        page = self.staff.press(form, "Enregistrer", **card, **cells).holds(shop.name, shop.cells["billing"])
        self.party = page.address
        return f"« {shop.name} » est créée, code {SHOP}"

    def open_access(self) -> str:
        """A random initial password, « Accès autorisé »; the line becomes valid and the message leaves."""
        shop, grid = the_shop(), f"/backoffice/access?family=customers&q={SHOP}"
        self.staff.press(self.staff.visit(grid), f"Mdp aléatoire ({shop.name})")
        _row(self.staff.visit(grid), shop.name, "••••••")
        self.staff.press(self.staff.visit(grid), f"Accès autorisé ({shop.name})")
        wait_for(lambda: "Valide" in _line(self.staff.visit(grid), shop.name), "L’état « Valide »")
        message, self.notice = awaited(self.config, shop.cells["card"], "/a/", self._last(shop.cells["card"]))
        return f"l’accès est valide ; « {message['subject']} » arrive à {shop.cells['card']}"

    def drop(self) -> str:
        """The invoice is dropped without saying whose it is."""
        shop = the_shop()
        upload = Upload(f"{NUMBER}.pdf", invoice_file().read_bytes())
        page = self.staff.press(self.staff.visit("/backoffice/explorer"), "Déposer", files=upload)
        page.holds(f"Classé dans « Facture » pour « {shop.name} »", NUMBER, TOTAL, DUE)
        self.document = page.link(f"{NUMBER}.pdf").rsplit("/", 1)[1]
        awaited(self.config, shop.cells["billing"], "/l/", self._last(shop.cells["billing"]))
        return f"la facture {NUMBER} ({TOTAL}) est reconnue, classée, publiée, et annoncée à {shop.cells['billing']}"

    def activate(self) -> str:
        """The customer opens the message and chooses a password that nobody else knows."""
        secret = demo_password(SHOP)
        page = self.customer.press(
            self.customer.visit(self.notice), "Enregistrer et entrer", password=secret, again=secret
        )
        page.holds(NUMBER)
        return "la cliente choisit son mot de passe et entre"

    def read(self) -> str:
        """From the notice to the statement, the preview, and the same bytes."""
        _message, link = awaited(self.config, the_shop().cells["billing"], "/l/")
        statement = self.customer.visit(link).holds("Relevé de compte", NUMBER, TOTAL, "Nouveau")
        page = self.customer.visit(statement.link(NUMBER))
        picture = self.customer.visit(page.tree.find(".//figure//img").get("src"))
        if not picture.kind.startswith("image/"):
            raise Lost("l’aperçu n’est pas une image")
        self.customer.tell(page, f"/documents/{self.document}/opened")
        taken = self.customer.visit(page.link("Télécharger"))
        if taken.data != invoice_file().read_bytes():
            raise Lost("les octets téléchargés ne sont pas ceux de la facture déposée")
        if _readings(self.document) != 1:
            raise Lost("le téléchargement n’est pas compté une fois")
        return f"elle voit {NUMBER} marquée « Nouveau », l’ouvre et la télécharge : octet pour octet la même"

    def tell_again(self) -> str:
        """Another address on the card, then « Notification forcée »: a second line, tied to the first."""
        cell = self.staff.visit(f"{self.party}/address/billing")
        self.staff.press(cell, "Enregistrer", address=NEW_BILLING).holds(NEW_BILLING)
        found = f"/backoffice/explorer?family=customers&q={NUMBER}"
        listed = self.staff.visit(found).holds("Publié", "Envoyé", "Ouvert", "Téléchargé")
        self.staff.press(listed, "Renvoyer", ids=self.document, forced="1")
        awaited(self.config, NEW_BILLING, "/l/", self._last(NEW_BILLING))
        wait_for(lambda: "renvoyé 1 fois" in self.staff.visit(found).text, "La marque « renvoyé 1 fois »")
        return f"« email facturation » change, et la facture est annoncée de nouveau, à {NEW_BILLING}"

    def _last(self, address: str) -> str:
        return self.before.get(address, "")


def _tell(chosen: Config) -> bool:
    story = Story(chosen, Walker(chosen), Walker(chosen))
    steps: tuple[Callable[[], str], ...] = (
        story.enter,
        story.register,
        story.open_access,
        story.drop,
        story.activate,
        story.read,
        story.tell_again,
    )
    click.echo("\nLe parcours de démonstration, par les pages et la messagerie elles-mêmes :")
    for number, step in enumerate(steps, start=1):
        began = time.monotonic()
        try:
            if number == 1:
                story.before = _standing(chosen)
            said = step()
        except Lost as lost:
            click.echo(f"  ✗ {number}/{len(steps)} interrompu : {lost}.")
            return False
        click.echo(f"  ✓ {number}/{len(steps)} {said} ({time.monotonic() - began:.1f} s)")
    return True


def _standing(chosen: Config) -> dict[str, str]:
    """The newest message that each address of the story already has, from an earlier life of this mailbox."""
    found = {address: newest(chosen, address) for address in (*the_shop().cells.values(), NEW_BILLING)}
    return {address: messages[0]["id"] for address, messages in found.items() if messages}


def _line(page: Page, words: str) -> str:
    rows: list[Any] = [row for row in page.tree.iter("tr") if words in row.text_content()]
    return " ".join(rows[0].text_content().split()) if rows else ""


def _row(page: Page, words: str, expected: str) -> None:
    if expected not in _line(page, words):
        raise Lost(f"la ligne de « {words} » ne montre pas « {expected} »")


def _readings(document_id: str) -> int:
    with transaction():
        query = select(func.count()).select_from(Download)
        query = query.where(Download.document_id == document_id, Download.kind == ReadingKind.DOWNLOADED)
        return db.session.scalar(query) or 0


def _shop_has_access() -> bool:
    query = select(func.count()).select_from(Access).join(Party, Party.id == Access.party_id)
    query = query.join(Family, Family.id == Party.family_id).where(Family.key == "customers", Party.code == SHOP)
    return bool(db.session.scalar(query))
