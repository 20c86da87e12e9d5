"""Every page that a browser can ask for: by whom, and the addresses that show it in its different states."""

from typing import NamedTuple

from flask import Flask

from shared.access.bulk_models import BulkAction, BulkKind
from shared.events.actors import staff_actor
from shared.extensions import db
from tests.factories import bulk, deposits, desk, erp, keeping, ledger, office, payroll, rules, till
from tests.factories.company import Company
from tests.factories.identity import INITIAL, STAFF_PASSWORD, Browser
from tests.factories.intake import an_import

STAFF, CUSTOMER, EMPLOYEE, NEWCOMER, DOUBLE, NOBODY = "staff", "customer", "employee", "newcomer", "double", "nobody"
HALF = "half"  # staff between the password and the second factor


class Shown(NamedTuple):
    """One address, and who asks for it."""

    who: str
    url: str


# What these answer is no page: bytes, lines of a grid, words for a monitor.
NOT_PAGES = {
    "asset",
    "brand",
    "logo",
    "health.show",
    "health.show_web",
    "backoffice.access_export",
    "backoffice.journal_export",
    "backoffice.access_bulk_report",
    "backoffice.access_rows",
    "backoffice.strips",
    "backoffice.history_export",
    "backoffice.document_file",
    "backoffice.arrivals_file",
    "backoffice.arrivals_page",
    "backoffice.parties_export",
    "backoffice.parties_export_xlsx",
    "backoffice.parties_import_errors",
    "backoffice.records_export",
    "backoffice.records_import_errors",
    "backoffice.document_page",
    "backoffice.accounting_file",
    "api.openapi",
    "api.one_party",
    "api.list_parties",
    "api.one_record",
    "api.list_records",
    "api.one_document",
    "api.list_documents",
    "api.list_entries",
    "backoffice.party_notice_letter",
    "backoffice.party_objection_receipt",
    "backoffice.retention_certificate",
    "backoffice.retention_erasure",
    "backoffice.retention_purge_certificate",
    "backoffice.payslips_picture",
    "backoffice.settings_signature_authority",
    "portal.download",
    "portal.zip_documents",
    "portal.my_objection_receipt",
    "portal.unsubscribe",
    "portal.page_image",
    "portal.target",
    "portal.signature_page",
    "portal.signature_file",
    "portal.signature_proof",
    "portal.signature_drawing",
    "portal.signature_of",
    "portal.invoices",  # where the statement and the quotes stood: on to their pages
    "portal.quotes",
    "portal.statement_pdf",
    "portal.statement_csv",
    "portal.appointment_file",
    "backoffice.countersign_page",
    "backoffice.signature_file",
    "backoffice.signature_proof",
    "backoffice.countersign_file",
    "backoffice.countersign_drawing",
    "backoffice.proposal_draft",  # the text of a page that asks for it at once: tests/backoffice/test_proposals.py
    "backoffice.in_person",  # on a tablet that was handed over alone: tests/backoffice/test_signing_counters.py
    "backoffice.in_person_sign",
    "backoffice.in_person_page",
    "backoffice.in_person_file",
    "backoffice.in_person_drawing",
}
# Shown on an installation without staff only.
AT_FIRST = {"backoffice.first_start"}


def pages(company: Company) -> dict[str, list[Shown]]:
    """Endpoint → its addresses."""
    told = {STAFF: _office(company), CUSTOMER: _portal(company), NOBODY: _doors(company)}
    theirs, own = till.pages_of_till(company, min(len(company.parties), 12))
    told[CUSTOMER] |= theirs
    told[EMPLOYEE] = own
    found = {
        endpoint: [Shown(who, url) for url in urls] for who, table in told.items() for endpoint, urls in table.items()
    }
    found["portal.my_data"].append(Shown(EMPLOYEE, "/my-data"))
    found["portal.payslips"] = [Shown(EMPLOYEE, "/documents/payslips"), Shown(EMPLOYEE, "/")]
    found["portal.personal_address"] = [Shown(EMPLOYEE, "/account/personal-address")]
    found["portal.new_deposit"] = [Shown(CUSTOMER, "/deposits/new"), Shown(EMPLOYEE, "/deposits/new")]
    found["portal.choose_password"] = [Shown(NEWCOMER, "/choose-password")]
    found["backoffice.second_step"] = [Shown(HALF, "/backoffice/second-step")]
    found["portal.choose_seat"] = [Shown(DOUBLE, "/choose-seat")]
    return found


def browsers(app: Flask, company: Company) -> dict[str, Browser]:
    """A browser for each of those who look, past the door where they have a key."""
    made = {who: Browser(app) for who in (STAFF, CUSTOMER, EMPLOYEE, NEWCOMER, DOUBLE, NOBODY, HALF)}
    made[STAFF].sign_in_staff()
    made[HALF].get("/backoffice/sign-in")
    made[HALF].post("/backoffice/sign-in", email=company.clerk.email, password=STAFF_PASSWORD)
    made[CUSTOMER].sign_in(company.customer.party.code)
    made[EMPLOYEE].sign_in(company.employee.party.code)
    made[NEWCOMER].sign_in(company.newcomer.party.code, INITIAL)
    made[DOUBLE].sign_in(company.double.party.code)
    db.session.expire_all()
    return made


def _office(company: Company) -> dict[str, list[str]]:
    first, last = company.arrivals[0], company.arrivals[-1]
    tables = {
        "home": ["/"],
        "dashboard": ["/dashboard"],
        "account": ["/account"],
        "confirm": ["/account/confirm"],
        "enrol": ["/second-factor"],
        "staff": ["/staff"],
        "staff_new": ["/staff/new"],
        "staff_one": [f"/staff/{one.id}" for one in (company.clerk, *company.colleagues[:2])],
        "role_list": ["/roles"],
        "role_new": ["/roles/new"],
        "role_one": [f"/roles/{one.grants[0].role_id}" for one in (company.clerk, company.colleagues[0])],
        "engines": ["/engines"],
        "templates_new": ["/templates/new"],
        "palette": ["/find", "/find?q=a", "/find?q=introuvable"],
        "holds": ["/history/holds"],
        "history_rehearsal": ["/history/rehearsal"],
        "party_notifications": [
            f"/parties/{company.parties[0].id}/notifications{q}" for q in ("", "?status=waiting", "?q=introuvable")
        ],
        "settings": ["/settings", "/settings?q=adresse", "/settings?q=introuvable"],
        "settings_appearance": ["/settings/appearance"],
        "settings_identity": ["/settings/identity/domain", "/settings/identity/secret"],
        "settings_mail": ["/settings/mail"],
        "settings_sms": ["/settings/sms"],
        "settings_portal": ["/settings/portal"],
        "settings_signature": ["/settings/signature"],
        "settings_bank": ["/settings/bank"],
        "settings_activities": ["/settings/activities"],
        "settings_activity": [f"/settings/activities/{office.an_activity().id}"],
        "countersigning": ["/countersigning"],
        "countersign": [f"/countersigning/{company.signing[0].signers[1].id}"],
        "countersign_sign": [f"/countersigning/{company.signing[1].signers[1].id}/sign"],
        "in_person_begin": [f"/in-person/{company.signing[0].signers[0].id}/begin"],
        "in_person_leave": ["/in-person/leave"],
        "synchronising": ["/synchronising", "/synchronising?list=documents", "/synchronising?list=notices"],
        "parties": ["/parties", "/parties?family=employees&q=a&sort=-name", "/parties?q=introuvable"],
        "settings_transfer": ["/settings/transfer"],
        "parties_import": ["/parties/import", "/parties/import?family=employees"],
        "parties_import_show": [f"/parties/import/{found.id}?show={verdict}" for found, verdict in an_import()],
        "parties_new": ["/parties/new?family=customers", "/parties/new?family=employees"],
        "party": [f"/parties/{party.id}" for party in company.parties[:4]],
        "party_contacts": [f"/parties/{party.id}/contacts" for party in company.parties[:3]],
        "party_contact_new": [f"/parties/{company.parties[0].id}/contacts/new"],
        "party_contact": [f"/parties/{one.party_id}/contacts/{one.id}" for one in company.contacts[:2]],
        "party_contact_ask": [f"/parties/{one.party_id}/contacts/{one.id}/close" for one in company.contacts[:1]],
        "party_sites": [f"/parties/{party.id}/sites" for party in company.parties[:3]],
        "party_site_new": [f"/parties/{company.parties[0].id}/sites/new"],
        "party_site": [f"/parties/{one.party_id}/sites/{one.id}" for one in company.sites[:2]],
        "party_cell": [f"/parties/{company.parties[0].id}/address/{slot}" for slot in ("card", "quote")],
        "party_access": [f"/parties/{party.id}/access" for party in company.parties[:4]],
        "party_rights": [f"/parties/{one.party_id}/access/{one.id}/rights" for one in company.contacts[:2]],
        "party_person": [
            f"/parties/{one.party_id}/access/{one.id}/person{q}" for one in company.contacts[:1] for q in ("", "?q=ti")
        ],
        "party_logbook": [
            f"/parties/{company.parties[0].id}/logbook{q}" for q in ("", "?kind=notices", "?kind=signatures")
        ],
        "requests": ["/requests?family=suppliers", "/requests?family=suppliers&state=ended", "/requests"],
        "requests_new": ["/requests/new?family=suppliers", f"/requests/new?party={company.parties[0].id}"],
        "requests_batch": [f"/requests/batches/{deposits.a_batch().id}"],
        "departures": ["/departures", "/departures?show=without"],
        "departure": [f"/parties/{company.parties[1].id}/departure"],
        "printing_list": ["/printing", "/printing?family=customers&done=1", "/printing?family=employees"],
        "party_edit": [f"/parties/{party.id}/edit" for party in company.parties[:2]],
        "access": ["/access", "/access?state=unsynced&sort=-sent_at", "/access?q=4", "/access?q=introuvable"],
        "access_bulks": ["/access/bulk"],
        "access_bulk": [f"/access/bulk/{action.id}" for action in _bulk_actions(company)],
        "access_password": [f"/access/{company.parties[3].id}/password"],
        "access_story": [f"/access/{party.id}/story" for party in (company.parties[0], company.parties[3])],
        "explorer": [
            "/explorer",
            f"/explorer?party={company.parties[0].id}&asked=1",
            f"/explorer?family=employees&folder={company.documents[0].folder_id}",
            f"/explorer?folder={company.documents[0].folder_id}&state=held",
            "/explorer?q=introuvable",
            "/explorer?q=facture&compare=1",
        ],
        "party_documents": [f"/parties/{party.id}/documents" for party in company.parties[:3]],
        "comparison": [f"/comparison{q}" for q in ("", "?list=different", f"?party={company.parties[0].id}")],
        "comparison_repair": [f"/comparison/{office.a_comparison().id}/repair"],
        "document_glance": [f"/documents/{document.id}/glance" for document in company.documents[:5]],
        "document": [f"/documents/{document.id}" for document in company.documents[:9]],
        "document_move": [f"/documents/{company.documents[0].id}/move"],
        "drop_outcome": [f"/documents/received?first={first.id}&last={last.id}"],
        "folders": ["/folders", "/folders?family=employees", "/folders?family=suppliers", "/folders?family=paths"],
        "folders_new": ["/folders/new?family=customers"],
        "folders_many": ["/folders/many?family=customers", "/folders/many?family=employees&column=signature_side"],
        "folders_remove": [f"/folders/{company.documents[0].folder_id}/remove"],
        "folders_audience": [
            f"/folders/{company.documents[0].folder_id}/audience",
            f"/folders/{company.documents[0].folder_id}/audience?party={company.parties[0].id}",
        ],
        "party_folders": [f"/parties/{party.id}/folders" for party in company.parties[:2]],
        "families": ["/families"],
        "families_new": ["/families/new"],
        "families_edit": [f"/families/{company.parties[0].family_id}/edit"],
        "arrivals": ["/arrivals"],
        "arrivals_settle": [f"/arrivals/{first.id}", f"/arrivals/{first.id}?q=jolie", f"/arrivals/{first.id}?q=rien"],
        "journal": ["/journal", "/journal?chain=security", "/journal?party=introuvable&since=2026-01-01"],
        "todo": ["/todo", "/todo?state=closed"],
        **payroll.pages_of_a_payday(company),
        **keeping.pages_of_retention(company),
        **ledger.pages_of_records(company),
        "settings_bounces": ["/settings/bounces"],
        "history": ["/history", "/history?status=unknown", "/history?q=introuvable&since=2026-01-01"],
        "history_line": [f"/history/{line.id}" for line in company.notifications[:16]],
        "history_cancelled": [f"/history/cancelled/{company.notifications[0].id}"],
        **desk.addresses(company.parties, company.clerk, office.folder("c.contracts"), company.documents[0].id),
        **erp.pages(),
        **rules.pages_of_rules(company.customer.party, len(company.parties)),
        "templates": ["/templates"],
        "template": [f"/templates/{company.template.id}", f"/templates/{company.template.id}?locale=en"],
        "template_versions": [f"/templates/{company.template.id}/versions"],
        "template_version": [f"/templates/{company.template.id}/versions/{company.template.versions[0].id}"],
    }
    return {f"backoffice.{name}": [f"/backoffice{url}" for url in urls] for name, urls in tables.items()}


def _bulk_actions(company: Company) -> list[BulkAction]:
    by = staff_actor(company.clerk)
    done = [bulk.an_action(kind, company.parties[:3], by) for kind in (BulkKind.NOTIFY, BulkKind.LETTERS)]
    return [*done, bulk.an_action(BulkKind.DRAW, company.parties[:3], by, carried_out=False)]


def _portal(company: Company) -> dict[str, list[str]]:
    folder = company.documents[0].folder_id
    return {
        "portal.home": ["/"],
        "portal.account": ["/account"],
        "portal.spaces": ["/account/spaces"],
        "portal.my_data": ["/my-data"],
        "portal.phone": ["/account/phone"],
        "portal.documents": ["/documents", f"/documents?folder={folder}&q=facture&new=1", "/documents?q=introuvable"],
        "portal.document": [f"/documents/{document.id}" for document in company.documents[:6]],
        **_signing(company),
    }


def _signing(company: Company) -> dict[str, list[str]]:
    """One to read, two that are read, one that a consumer has signed."""
    unread, one, two, signed = (f"/signatures/{request.signers[0].id}" for request in company.signing)
    together = "&".join(f"with={url.rpartition('/')[2]}" for url in (one, two))
    return {
        "portal.signatures": ["/signatures"],
        "portal.signature": [unread, f"{unread}?page=2&zoom=1", signed],
        "portal.signature_sign": [f"{one}/sign"],
        "portal.signatures_together": [f"/signatures/together?{together}"],
        "portal.signature_refuse": [f"{unread}/refuse"],
        "portal.signature_question": [f"{unread}/question"],
        "portal.signature_delegate": [f"{unread}/delegate"],
        "portal.signature_withdraw": [f"{signed}/withdraw"],
    }


def _doors(company: Company) -> dict[str, list[str]]:
    links = company.links
    return {
        "portal.accessibility": ["/accessibility"],
        "api.docs": ["/api/v1/docs"],
        "portal.verification": ["/verification"],
        "backoffice.accessibility": ["/backoffice/accessibility"],
        "portal.sign_in": ["/sign-in", "/sign-in?next=/documents"],
        "portal.forgotten": ["/forgotten"],
        "backoffice.sign_in": ["/backoffice/sign-in"],
        "backoffice.invitation": [links["i"], "/backoffice/invitation/faux"],
        "portal.activation": [links["a"], "/a/faux"],
        "portal.reset_link": [links["r"], "/r/faux"],
        "portal.document_link": [links["d"], "/d/faux"],
        "portal.take_ticket": ["/as-customer/faux"],
        "portal.draw": [links["draw"], "/draw/faux"],
    }
