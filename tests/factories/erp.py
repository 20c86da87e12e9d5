"""A program that calls the API, as an ERP would."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from shared.extensions import db
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
        import io

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
