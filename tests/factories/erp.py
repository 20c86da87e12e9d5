"""A program that calls the API, as an ERP would."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from shared.clock import now, today
from shared.extensions import db, uuid7
from shared.hooks.models import HookCall
from shared.hooks.subscribing import subscribe, switch
from shared.intake.tokens import SCOPES, draw


@dataclass
class Erp:
    """Sends JSON with its token."""

    app: Flask
    secret: str
    headers: dict[str, str] = field(default_factory=dict)

    def put(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.send("PUT", path, body, **headers)

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.send("POST", path, body, **headers)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.app.test_client().get(f"/api/v1{path}", headers=self._headers(headers))

    def send(self, method: str, path: str, body: Any, **headers: str) -> TestResponse:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Content-Type": "application/json", **self._headers(headers)}
        return self.app.test_client().open(f"/api/v1{path}", method=method, data=data, headers=given)

    def deposit(self, data: bytes, filename: str = "facture.pdf", **metadata: Any) -> TestResponse:
        form = {"metadata": json.dumps(metadata), "file": (io.BytesIO(data), filename)}
        return self.app.test_client().post("/api/v1/documents", data=form, headers=self._headers({}))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.secret}", **self.headers, **named}


def an_erp(app: Flask, *scopes: str) -> Erp:
    """With all scopes unless some are named."""
    _row, secret = draw(label="ERP d’essai", scopes=scopes or SCOPES, by="command")
    db.session.flush()
    return Erp(app, secret)


def pages() -> dict[str, list[str]]:
    """Page of the back office → its addresses: an address called, with calls in every state, and entries taken."""
    draw(label="Paie", scopes=["documents:write"], by="command", expires_on=today() + timedelta(days=30))
    hook, _secret = subscribe(label="ERP", url="https://erp.exemple.fr/guichet", events=["invoice.*"], by="command")
    idle, _secret = subscribe(label="Repos", url="https://repos.exemple.fr/", events=["*"], by="command")
    switch(hook=idle, enabled=False, by="command")
    hook.failing_since = now()
    outcomes: tuple[dict[str, Any], ...] = (
        {},
        {"attempts": 2, "status": 503, "reply": "Service indisponible"},
        {"attempts": 16, "reply": "Pas de réponse en dix secondes.", "ended_at": now()},
        {"attempts": 1, "status": 200, "reply": "ok", "ended_at": now(), "accepted_at": now()},
    )
    for told in outcomes:
        db.session.add(HookCall(hook_id=hook.id, event_id=uuid7(), event="invoice.closed", **told))
    db.session.flush()
    return {
        "settings_api": ["/settings/api"],
        "settings_hook": [f"/settings/api/hooks/{each.id}" for each in (hook, idle)],
        "accounting": ["/accounting"],
    }
