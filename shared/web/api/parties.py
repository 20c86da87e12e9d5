"""Parties: created or completed, read one by one or by pages."""

from flask import Response, abort

from shared.web.api import api, gate, paging
from shared.web.api.answering import Told, once, said
from shared.web.api.gate import needs


@api.put("/parties/<family>/<path:code>")
@needs("parties:write")
@once
def put_party(family: str, code: str) -> Told:
    """Create the party of that code, or complete it; a member left out stays as it is."""
    from shared.intake import api_parties, api_reading
    from shared.intake.api_schemas import PartyBody
    from shared.web.api import bodies

    found = api_parties.known_family(family) or abort(404)
    party, is_new = api_parties.put_party(family=found, code=code, body=bodies.read(PartyBody), by=gate.actor())
    return api_reading.party_told(party), 201 if is_new else 200


@api.get("/parties/<family>/<path:code>")
@needs("parties:read")
def one_party(family: str, code: str) -> Response:
    """One party."""
    from shared.intake import api_parties, api_reading

    found = api_parties.known_family(family) or abort(404)
    return said(api_reading.party_told(api_parties.one_of(found, code) or abort(404)))


@api.get("/parties/<family>")
@needs("parties:read")
def list_parties(family: str) -> Response:
    """Parties of a family, by pages, in the order of their codes."""
    from shared.intake import api_parties, api_reading

    found = api_parties.known_family(family) or abort(404)
    return paging.said_page(*api_reading.parties(found, **paging.asked()))
