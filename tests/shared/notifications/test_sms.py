"""An SMS: how many parts it costs, what two providers are told, and what each of their answers means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.config import ConfigError, Sms, load
from shared.errors import Refused
from shared.notifications.channels.sms import SmsProvider
from shared.notifications.channels.sms_numbers import Number, masked, mobile
from shared.notifications.channels.sms_parts import ESCAPED, measure, plain
from tests.sink import free_port
from tests.sms import ACCOUNT, KEY, Provider

TO = "+33612345678"


def brevo(provider: Provider, **changed: object) -> SmsProvider:
    values = {"shape": "brevo", "url": provider.url, "account": "", "key": KEY, "sender": "LUMIERE", "timeout": 2.0}
    return SmsProvider(Sms(**{**values, **changed}))  # type: ignore[arg-type]


def twilio(provider: Provider, **changed: object) -> SmsProvider:
    return brevo(provider, **{"shape": "twilio", "account": ACCOUNT, "sender": "+33644630000", **changed})


@pytest.mark.parametrize(
    ("text", "alphabet", "parts"),
    [
        ("", "gsm", 0),
        ("a" * 160, "gsm", 1),
        ("a" * 161, "gsm", 2),
        ("a" * 306, "gsm", 2),
        ("a" * 307, "gsm", 3),
        ("€" * 80, "gsm", 1),
        ("a" * 152 + "€" + "a" * 152, "gsm", 3),  # the escape pair would straddle: it goes over whole
        ("a" * 151 + "€" + "a" * 153, "gsm", 2),
        ("ê" * 70, "ucs2", 1),
        ("ê" * 71, "ucs2", 2),
        ("😀" * 35, "ucs2", 1),
        ("x" * 66 + "😀" + "ê" * 66, "ucs2", 3),  # so would the surrogate pair
        ("x" * 65 + "😀" + "ê" * 67, "ucs2", 2),
    ],
)
def test_parts_are_counted_as_they_are_paid(text: str, alphabet: str, parts: int) -> None:
    size = measure(text)
    assert (size.alphabet, size.parts, size.characters) == (alphabet, parts, len(text))


@given(st.text(st.sampled_from("aé€[ê😀\n"), max_size=500))
def test_no_pair_is_ever_cut(text: str) -> None:
    """Against the definition: the longest prefix that fits goes first, the rest after."""
    size = measure(text)
    wide = {sign: 2 if (sign in ESCAPED if size.alphabet == "gsm" else ord(sign) > 0xFFFF) else 1 for sign in text}
    alone, room = (160, 153) if size.alphabet == "gsm" else (70, 67)
    parts, rest = 0, text
    if sum(wide[sign] for sign in text) <= alone:
        parts, rest = (1 if text else 0), ""
    while rest:
        taken = next((n for n in range(len(rest), 0, -1) if sum(wide[sign] for sign in rest[:n]) <= room), 0)
        parts, rest = parts + 1, rest[taken:]
    assert size.parts == parts


def test_typographic_signs_are_made_plain_and_letters_kept() -> None:
    assert plain("« Ça va » ? L’œuvre… 3\u00a0€ \u200b\x07") == '"Ça va" ? L\'oeuvre... 3 €'
    assert measure(plain("L’été à « Évreux » : 12 €")).alphabet == "gsm"


@pytest.mark.parametrize("typed", ["06 12 34 56 78", "06.12.34.56.78", "+33 6 12 34 56 78", "0033612345678"])
def test_a_number_is_kept_in_its_international_form(app: object, typed: str) -> None:
    assert mobile(typed) == TO
    assert mobile("0470 12 34 56", country="BE") == "+32470123456"


@pytest.mark.parametrize(("typed", "word"), [("01 23 45 67 89", "mobile"), ("poste 12", "numéro"), ("0612", "numéro")])
def test_what_takes_no_message_is_refused(app: object, typed: str, word: str) -> None:
    with pytest.raises(Refused) as refused:
        mobile(typed, "number")
    assert word in refused.value.sentence and refused.value.field == "number"


def test_a_masked_number_keeps_its_country_and_its_end() -> None:
    assert masked(TO) == "+33 6 •• •• •• 78"


def test_each_provider_is_told_in_its_own_words(provider: Provider) -> None:
    first = brevo(provider).deliver(Number(TO), "Votre code : 418 205", "n1")
    second = twilio(provider).deliver(Number(TO), "Votre code « été »", "n2")
    third = brevo(provider).deliver(Number(TO), "Reçu, à bientôt", "n3")
    assert [each.kind for each in (first, second, third)] == ["accepted"] * 3
    assert "1511882900176220 · 1 SMS" in first.text and second.text == "SM1511882900176220 · 1 SMS"
    told = [(text.shape, text.to, text.sender, text.body, text.unicode) for text in provider.texts]
    assert told == [
        ("brevo", TO, "LUMIERE", "Votre code : 418 205", False),
        ("twilio", TO, "+33644630000", 'Votre code "été"', None),
        ("brevo", TO, "LUMIERE", "Reçu, à bientôt", True),
    ]


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind", "said"),
    [
        (400, {"code": "invalid_parameter", "message": "Invalid telephone number"}, {}, "failed", "telephone"),
        (400, {"code": 21614, "message": "'To' is not a mobile number"}, {}, "failed", "mobile"),
        (400, {"code": 21606, "message": "The From number is not yours"}, {}, "pause", "From"),
        (400, {"code": "not_enough_credits", "message": "No credit"}, {}, "pause", "credit"),
        (402, {"message": "Payment required"}, {}, "pause", "Payment"),
        (403, {"message": "Forbidden"}, {}, "pause", "Forbidden"),
        (302, {}, {"Location": "https://ailleurs.example/"}, "pause", ""),
        (429, {"message": "Slow down"}, {"Retry-After": "90"}, "retry", "Slow"),
        (503, {"message": "Maintenance"}, {}, "retry", "Maintenance"),
    ],
)
def test_what_an_answer_means(
    provider: Provider, status: int, body: dict[str, object], headers: dict[str, str], kind: str, said: str
) -> None:
    provider.answers[TO] = (status, body, headers)
    made = (brevo if isinstance(body.get("code"), str) else twilio)(provider).deliver(Number(TO), "Bonjour", "n")
    assert (made.kind, made.code) == (kind, status) and said in made.text
    assert (made.after.total_seconds() if made.after else None) == (90 if status == 429 else None)
    assert KEY not in made.text and not provider.texts


def test_an_answer_that_is_lost_is_to_be_checked_and_a_server_that_is_away_is_tried_again(provider: Provider) -> None:
    provider.answers[TO] = "cut"
    assert brevo(provider).deliver(Number(TO), "Bonjour", "n").kind == "unknown"
    away = brevo(provider, url=f"http://127.0.0.1:{free_port()}").deliver(Number(TO), "Bonjour", "n")
    assert (away.kind, away.phase) == ("retry", "connect")


def test_the_key_is_tried_without_a_message(provider: Provider) -> None:
    assert brevo(provider).probe().kind == twilio(provider).probe().kind == "accepted"
    assert brevo(provider, key="fausse").probe().kind == "pause"
    assert not provider.texts


def test_the_environment_says_what_lacks(tmp_path: object) -> None:
    given = {"GUICHET_VAR": str(tmp_path), "GUICHET_KEY": "x" * 40, "SMS_PROVIDER": "twilio", "SMS_KEY": "k"}
    for more, word in (
        ({}, "SMS_SENDER"),
        ({"SMS_SENDER": "LUMIERE"}, "SMS_ACCOUNT"),
        ({"SMS_SENDER": "LUMIERE", "SMS_ACCOUNT": "AC1", "SMS_URL": "http://sms.example"}, "en clair"),
    ):
        with pytest.raises(ConfigError, match=word):
            load({**given, **more})
    assert load({**given, "SMS_SENDER": "L", "SMS_ACCOUNT": "AC1"}).sms == Sms(
        "twilio", "https://api.twilio.com", "AC1", "k", "L", 10.0
    )
