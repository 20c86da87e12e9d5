"""Staff-written texts: what is a field and what is not, what a text may use, and how it reads once merged."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser

import html5lib
import pytest

from shared.errors import Refused
from shared.notifications.fields import Context, Used, check, known, offered, parse, sample_values, unknown_fields
from shared.notifications.frame import ink_on
from shared.notifications.rendering import Brand, Compiled
from shared.notifications.rendering import compile as compile_text
from shared.notifications.shipped import shipped_messages
from shared.notifications.values import HIDDEN, Item, Link, Money, Value

BRAND = Brand(
    company="Lumière & Fils SAS",
    portal_url="https://portail.exemple.fr",
    domain="exemple.fr",
    legal="SAS au capital de 100 000 €",
)
DOCUMENT = Context("document", "customers")
URL = "https://portail.exemple.fr/l/abc"


def keys(text: str) -> list[str]:
    return [piece.key for piece in parse(text) if isinstance(piece, Used)]


def merged(body: str, subject: str = "Objet", locale: str = "fr", **values: Value) -> str:
    return compile_text(subject, body, BRAND, locale=locale).merge(values).text


class Elements(HTMLParser):
    """Every tag and every attribute of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bonjour #nom#, #Société#", ["nom", "societe"]),
        ("#SOCIETE##nom#", ["societe", "nom"]),
        ("#mot de passe#", ["mot_de_passe"]),
        ("#de\u0301sinence# et #pre\u0301nom#", ["desinence", "prenom"]),
        ("n° #12, C#, ## et # seul", []),
        ("## #nom ##nom## n° #12 et n° #34", []),
        ("C# et F# coûtent #montant#", ["montant"]),
        ("#docment#", ["docment"]),
        ("", []),
    ],
)
def test_fields_are_found_and_lone_signs_are_text(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


def test_parsing_loses_nothing() -> None:
    text = "C# ## #nom#\n#12# #lien# #fin"
    assert "".join(piece if isinstance(piece, str) else piece.typed for piece in parse(text)) == text


@pytest.mark.row("P-27")
def test_a_template_with_an_unknown_field_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(Refused, match=r"#docment# n’existe pas.*#document#") as refused:
        check("Objet", "Voici #docment#", DOCUMENT)
    assert refused.value.field == "body"
    assert unknown_fields("#docment# #nom# #docment#", DOCUMENT) == ["#docment#"]
    check("#document# chez #Société#", "Bonjour #nom#, #lien#, C# n° #12 ##", DOCUMENT)


@pytest.mark.parametrize(
    ("subject", "body", "context"),
    [
        ("Objet", "#montant#", Context("document", "employees")),
        ("Objet", "#montant#", Context("security")),
        ("#lien#", "Bonjour", DOCUMENT),
        ("", "Bonjour", DOCUMENT),
        ("Objet", "  ", DOCUMENT),
        ("Objet\r\nBcc: x@y.fr", "Bonjour", DOCUMENT),
        ("=?utf-8?q?=0D=0ABcc:_evil@x?=", "Bonjour", DOCUMENT),
    ],
)
def test_what_could_not_be_sent_is_refused(subject: str, body: str, context: Context) -> None:
    with pytest.raises(Refused):
        check(subject, body, context)


@pytest.mark.row("P-41")
def test_the_password_is_offered_for_letter_and_sms_only_unless_a_setting_allows_it() -> None:
    by_mail = Context("access")
    with pytest.raises(Refused, match="lettre"):
        check("Accès", "#mot_de_passe#", by_mail)
    assert "mot_de_passe" not in {field.key for field in offered(by_mail)}
    for context in (Context("access", channel="letter"), Context("access", channel="sms")):
        check("Accès", "#mot_de_passe#", context)
    check("Accès", "#mot_de_passe#", Context("access", secrets_by_mail=True))


def test_every_field_has_a_meaning_and_a_sample_that_merges() -> None:
    for context in (DOCUMENT, Context("access", channel="letter"), Context("security")):
        samples = sample_values(context)
        for field in offered(context):
            assert field.meaning and known(field.name.upper()) is field
            text = merged(f"Voici #{field.name}#.", **samples)
            assert f"#{field.name}#" not in text


@pytest.mark.row("P-27")
def test_named_fields_are_replaced_by_their_values_once() -> None:
    text = merged("#société# #nom# #domaine# #code#", nom="#code#", code="#lien#")
    assert "Lumière & Fils SAS #code# exemple.fr #lien#" in text


def test_dates_and_amounts_read_as_the_language_writes_them() -> None:
    values: dict[str, Value] = {
        "echeance": date(2026, 6, 12),
        "montant": Decimal("671.15"),
        "date": date(2026, 6, 1),
        "expiration": datetime(2026, 6, 12, 12, 5, tzinfo=UTC),
    }
    body = "#échéance# / #montant# / #date# / #expiration#"
    assert "12 juin 2026 / 671,15\u00a0€ / 1er juin 2026 / 12 juin 2026 à 14:05" in merged(body, **values)
    english = merged(body, locale="en", **values).replace("\u202f", " ")
    assert "June 12, 2026 / €671.15 / June 1, 2026 / June 12, 2026 at 2:05 PM" in english
    assert "10,00\u00a0£GB" in merged("#montant#", montant=Money(Decimal(10), "GBP"))


@pytest.mark.row("L-36")
def test_a_document_notice_names_each_document_and_has_its_links_in_both_parts() -> None:
    compiled = compile_text("#document# à votre disposition", "Bonjour,\n\n#document#\n\n#lien#\n\nMerci", BRAND)
    two = [Item("Facture de juin", "FA-12", f"{URL}1"), Item("Facture FA-13", "FA-13", f"{URL}2")]
    message = compiled.merge({"document": two, "lien": URL})
    assert message.subject == "2 documents à votre disposition"
    assert f"- Facture de juin (FA-12)\n  {URL}1\n- Facture FA-13\n  {URL}2" in message.text
    for part in ("Facture de juin (FA-12)</a></li>", "Facture FA-13</a></li>", f'href="{URL}1"', f'href="{URL}2"'):
        assert part in message.html
    assert f"Ouvrir mes documents\u00a0:\n{URL}\n" in message.text
    assert "Lumière & Fils SAS\n\n-- \nVous recevez ce message parce que Lumière & Fils SAS" in message.text
    assert "Le portail\u00a0: https://portail.exemple.fr" in message.text
    one = compiled.merge({"document": two[:1], "lien": Link(URL, "Ouvrir la facture")})
    assert one.subject == "Facture de juin (FA-12) à votre disposition"
    assert "Ouvrir la facture\u00a0:" in one.text and ">Ouvrir la facture</a>" in one.html


def test_the_text_before_a_link_alone_on_its_line_is_the_button() -> None:
    message = compile_text("Objet", "Bonjour,\nVoir mes devis : #lien#\nMerci", BRAND).merge({"lien": URL})
    assert f"Bonjour,\n\nVoir mes devis\u00a0:\n{URL}\n\nMerci" in message.text
    assert ">Voir mes devis</a>" in message.html
    inside = compile_text("Objet", "Allez sur #lien# pour lire.", BRAND).merge({"lien": URL})
    assert f"Allez sur {URL} pour lire." in inside.text and f">{URL}</a> pour lire." in inside.html


def test_a_value_is_never_markup_nor_a_template() -> None:
    evil = "<b>x</b><img src=//e> {{ 7*7 }} {% raw %} \"' &amp;"
    message = compile_text("{{ 7*7 }} #nom#", "{{ 7*7 }} <i>#nom#</i>", BRAND).merge({"nom": evil})
    assert "{{ 7*7 }} <i>" + evil in message.text
    assert "&lt;b&gt;x&lt;/b&gt;&lt;img src=//e&gt; {{ 7*7 }}" in message.html and "&lt;i&gt;" in message.html
    assert not {"b", "i", "img"} & {tag for tag, _attributes in Elements(message.html).found}
    assert "49" not in message.html.replace("#4b5563", "")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", 'https://x/"><svg', "https://x/a b", "x"])
def test_a_link_goes_to_the_web_or_nowhere(url: str) -> None:
    with pytest.raises(Refused):
        merged("#lien#", lien=url)


@pytest.mark.row("FR-15")
@pytest.mark.parametrize("shipped", shipped_messages(), ids=lambda each: f"{each.key}-{each.locale}")
def test_no_shipped_message_loads_anything_remote_and_each_is_whole(shipped) -> None:  # type: ignore[no-untyped-def]
    context = Context(shipped.context, channel=shipped.channel)
    assert unknown_fields(shipped.subject + shipped.body, context) == []
    if shipped.channel != "sms":
        check(shipped.subject, shipped.body, context)
    compiled = compile_text(shipped.subject, shipped.body, BRAND, locale=shipped.locale, kind=shipped.context)
    message = compiled.merge(sample_values(context))
    html5lib.HTMLParser(strict=True).parse(message.html)
    elements = Elements(message.html).found
    tags = [tag for tag, _attributes in elements]
    assert not {"img", "link", "script", "iframe", "object", "video", "audio", "base", "form"} & set(tags)
    assert not re.search(r"url\(|@import|@font-face|\bsrc\s*=|background\s*=\"http", message.html)
    assert tags.count("h1") == 1 and tags.count("title") == 1
    assert dict(elements)["html"]["lang"] == shipped.locale
    assert all(attributes.get("role") == "presentation" for tag, attributes in elements if tag == "table")
    opening = "You are receiving this message because" if shipped.locale == "en" else "Vous recevez ce message parce qu"
    assert opening in message.text and opening in message.html
    assert "prefers-color-scheme: dark" in message.html
    assert "#" not in re.sub(r"n° #|#[0-9a-f]{6}", "", message.text)


def test_shipped_texts_exist_in_both_languages_and_hold_no_password_by_mail() -> None:
    found = {(each.key, each.locale): each for each in shipped_messages()}
    assert {key for key, _locale in found} >= {
        "document.published", "notice.forced", "access.opened", "access.renotified",
        "account.password_changed", "account.reset_requested",
    }  # fmt: skip
    for (key, _locale), each in found.items():
        assert (key, "fr") in found and (key, "en") in found
        if each.channel == "email":
            assert "mot_de_passe" not in each.body and "coffre-fort" not in each.body.lower()


def test_a_missing_value_is_named_and_optional_ones_leave_no_hole() -> None:
    compiled = compile_text("Objet", "Bonjour #civilité# #prénom#, #échéance# #nom#", BRAND)
    assert compiled.missing({"nom": " "}) == ["échéance", "nom"]
    with pytest.raises(Refused, match="#échéance#, #nom#"):
        compiled.merge({})
    text = compiled.merge({"echeance": date(2026, 1, 2), "nom": "ALPHA"}).text
    assert text.startswith("Bonjour, 2 janvier 2026 ALPHA")


def test_the_history_keeps_neither_secrets_nor_links() -> None:
    compiled = compile_text("Accès", "#mot_de_passe#\n\n#lien#\n\n#identifiant#", BRAND, kind="access")
    values = {"mot_de_passe": "s3cret", "lien": f"{URL}/token", "identifiant": "C1"}
    kept = compiled.kept(values)
    assert "s3cret" not in kept and "token" not in kept and HIDDEN in kept and "C1" in kept
    documents = compile_text("Objet", "#document#", BRAND).kept({"document": [Item("F", "1", URL)]})
    assert URL not in documents and "F (1)" in documents


def test_a_subject_takes_no_line_from_a_value() -> None:
    compiled = compile_text("Pour #nom#", "Bonjour", BRAND)
    for evil in ("A\r\nBcc: x@y.fr", "A\u2028B", "=?utf-8?q?=0D=0ABcc:_e@x?="):
        with pytest.raises(Refused):
            compiled.merge({"nom": evil})
    assert compiled.merge({"nom": "A\x00"}).subject == "Pour A"


def test_several_lines_stay_several_lines_and_french_signs_keep_their_blank() -> None:
    message = compile_text("Objet", "Note : #commentaire# « oui » !", BRAND).merge({"commentaire": "un\r\ndeux\x07"})
    assert "Note\u00a0: un\ndeux «\u00a0oui\u00a0»\u00a0!" in message.text
    assert "un<br>deux" in message.html
    assert message.body == "Note : un\ndeux « oui » !"  # no-break blanks cost an SMS its alphabet


def test_a_signature_is_placed_once() -> None:
    signed = Brand("ACME", "https://x.fr", signature="Camille\nACME")
    placed = compile_text("Objet", "Bien à vous,\n#signature#", signed).merge({}).text
    added = compile_text("Objet", "Bonjour", signed).merge({}).text
    assert placed.count("Camille\nACME") == added.count("Camille\nACME") == 1


@pytest.mark.row("B-14")
def test_the_ink_on_the_company_colour_can_be_read() -> None:
    assert ink_on("#1f5fae") == "#ffffff" and ink_on("#ffd400") == "#000000"
    html = compile_text("Objet", "#lien#", Brand("A", "https://x.fr", colour="#ffd400")).merge({"lien": URL}).html
    assert "background:#ffd400" in html and "color:#000000" in html
    forged = compile_text("Objet", "x", Brand("A", "https://x.fr", colour='red" onload="x')).merge({}).html
    assert "onload" not in forged


def test_a_message_stays_small_and_merging_again_gives_the_same() -> None:
    compiled: Compiled = compile_text("#document#", "Bonjour #nom#,\n\n#document#\n\n#lien#", BRAND)
    first = compiled.merge({"nom": "A", "document": [Item("F")], "lien": URL})
    assert compiled.merge({"nom": "A", "document": [Item("F")], "lien": URL}) == first
    assert len(first.html) < 8_000  # some mail readers cut a message at 100 KB; ours is far from it
