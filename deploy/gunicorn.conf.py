"""How the web process is served, by `make demo` and by systemd alike."""

import gc

import shared.config

_config = shared.config.config()  # a bare `config` here would be taken for a setting of gunicorn's
wsgi_app = "wsgi:create_app()"
bind = f"{_config.bind}:{_config.port}"
worker_class = "gthread"
workers = 2
threads = 8
timeout = 120  # seconds without a sign of life of a whole process, not of one request
graceful_timeout = 25  # within the thirty seconds that a deployment gives
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = None  # addresses hold single-use tokens: the proxy's log leaves the query out
errorlog = "-"
loglevel = "warning"
proc_name = "guichet-web"
forwarded_allow_ips = "127.0.0.1"


def post_worker_init(_worker: object) -> None:
    """What was loaded lasts as long as the process: the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
