"""The only place where everything meets: `create_app()` is a list of steps."""

import importlib
import os
import sys
from datetime import timedelta

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import shared.tables  # noqa: F401  (the mappers must know every noun)
from backoffice import backoffice
from backoffice import load_views as load_backoffice
from portal import load_views as load_portal
from portal import portal
from shared import cli, pooling
from shared.config import CHECKOUT, Config, configure
from shared.config import config as current_config
from shared.cursors import Cursor
from shared.extensions import csrf, db, mail
from shared.web import brand, commits, languages, look, origins, sessions, translating, visitors
from shared.web.api import api
from shared.web.api import load_views as load_api
from shared.web.gate import guard
from shared.web.health import health
from shared.web.mail_webhook import webhooks


def create_app(config: Config | None = None) -> Flask:
    """The whole application, bound to `config` or to the environment's."""
    chosen = configure(config) if config else current_config()
    app = Flask("guichet", root_path=str(CHECKOUT), template_folder="templates", static_folder=None)
    app.config.update(settings_of(chosen))
    if chosen.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=chosen.proxies, x_proto=chosen.proxies)  # type: ignore[method-assign]
    bind_extensions(app)
    commits.install(app)
    sessions.install(app)
    visitors.install(app)
    origins.install(app)
    look.install(app)
    brand.install(app)
    open_faces(app)
    cli.install(app)
    return app


def open_faces(app: Flask) -> None:
    """Both counters, each behind its gate."""
    for face, load_views in ((portal, load_portal), (backoffice, load_backoffice)):
        load_views()
        guard(face)
        app.register_blueprint(face)
    app.register_blueprint(health)
    app.register_blueprint(webhooks)
    load_api()
    app.register_blueprint(api)


def settings_of(config: Config) -> dict[str, object]:
    """What Flask and its extensions want to know, in their words."""
    return {
        "SECRET_KEY": config.derive(b"flask").hex(),
        "TRUSTED_HOSTS": list(config.trusted_hosts),
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": 5,
            "max_overflow": 10,
            "connect_args": {"connect_timeout": 3, "cursor_factory": Cursor},
        },
        "MAX_CONTENT_LENGTH": 64 * 1024 * 1024,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        "BABEL_DEFAULT_LOCALE": "fr",
        "WTF_CSRF_TIME_LIMIT": None,  # a page left open for a day must still be able to save
        "MAIL_SERVER": config.smtp.host,
        "MAIL_PORT": config.smtp.port,
        "MAIL_USERNAME": config.smtp.username,
        "MAIL_PASSWORD": config.smtp.password,
        "MAIL_USE_TLS": config.smtp.tls == "starttls",
        "MAIL_USE_SSL": config.smtp.tls == "tls",
    }


def bind_extensions(app: Flask) -> None:
    """Bind what `shared.extensions` holds unbound."""
    db.init_app(app)
    with app.app_context():
        pooling.watch(db.engine)
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true" or "flask_migrate" in sys.modules:
        # Where pages are served, Alembic and what it brings would be eight idle megabytes.
        importlib.import_module("flask_migrate").Migrate(app, db, directory="migrations")
    csrf.init_app(app)
    mail.init_app(app)
    languages.install(app)
    translating.install(app)
