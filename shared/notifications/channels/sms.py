"""The SMS channel: one HTTP request a message, to the provider that a setting names.

A connection of its own for each: a kept one that the provider has left would make an ambiguous line. A request
whose answer is lost may have been obeyed: the line becomes « à vérifier », and nothing is sent again by itself.
"""

import http.client
import ssl
from contextlib import closing
from urllib.parse import urlsplit

from shared.config import Sms
from shared.notifications.channels.outcome import Outcome, Phase, lost, readable
from shared.notifications.channels.sms_numbers import Number
from shared.notifications.channels.sms_parts import plain
from shared.notifications.channels.sms_shapes import SHAPES, Request, read

MOST_READ = 65_536  # bytes of an answer
LONGEST = 1_600  # characters: ten parts, and what Twilio takes


class SmsProvider:
    """What speaks to one provider. `settings.timeout` bounds each wait, in seconds."""

    def __init__(self, settings: Sms) -> None:
        self.settings = settings
        self.shape = SHAPES[settings.shape]

    def deliver(self, to: Number, text: str, reference: str) -> Outcome:
        """Hand one text over; never raises for anything a server or a network does."""
        said = plain(text)
        if not said or len(said) > LONGEST:
            return Outcome("failed", "data", text="Le texte est vide, ou trop long pour un SMS.")
        return self._ask(self.shape.message(self.settings, to.address, said, reference))

    def probe(self) -> Outcome:
        """Whether the provider answers and knows our key; sends nothing."""
        return self._ask(self.shape.account(self.settings))

    def _ask(self, request: Request) -> Outcome:
        phase: Phase = "connect"
        try:
            with closing(self._connection()) as connection:
                connection.connect()
                phase = "writing"
                path = urlsplit(self.settings.url).path.rstrip("/") + request.path
                connection.request(request.method, path, request.body or None, request.headers)
                phase = "reply"
                answer = connection.getresponse()
                body = answer.read(MOST_READ)
            return read(self.shape, answer.status, body, answer.headers.get("Retry-After"))
        except ssl.SSLCertVerificationError as error:
            return Outcome("pause", "tls", text=readable(f"certificat non reconnu : {error.verify_message}"))
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            return lost(phase, f"{type(error).__name__}: {error}")

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.settings.url)
        host, timeout = parts.hostname or "", self.settings.timeout
        if parts.scheme == "https":
            return http.client.HTTPSConnection(host, parts.port, timeout=timeout, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, parts.port, timeout=timeout)
