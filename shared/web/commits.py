"""The end of a request: what went well is committed, what was refused or failed is rolled back."""

from flask import Flask, Response

from shared.extensions import db


def install(app: Flask) -> None:
    """Registered first, so that it runs after every other `after_request`."""
    app.after_request(finish)


def finish(answer: Response) -> Response:
    """Commit below 400; else the request leaves nothing behind but its own security line."""
    if answer.status_code < 400:
        db.session.commit()
    else:
        db.session.rollback()
    return answer
