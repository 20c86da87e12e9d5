"""Colours that can be read: contrast as WCAG 2 measures it, and the tokens of one brand."""

import re

WHITE, INK = "#ffffff", "#000000"
LIGHT_GROUNDS = ("#ffffff", "#eef0f3")
DARK_GROUNDS = ("#172029", "#1f2a35")
LEAST = 4.5


def readable(colour: str) -> str:
    """The text colour to write on `colour`: white or black, whichever stands out more."""
    return max((WHITE, INK), key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1.0 to 21.0 (WCAG 2.2, 1.4.3 asks 4.5 for text)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def is_colour(text: str) -> bool:
    """Whether `text` is « #rrggbb »."""
    return re.fullmatch(r"#[0-9a-fA-F]{6}", text) is not None


def theme_css(colour: str, ink: str = "") -> str:
    """The style sheet that sets the brand's tokens, in light and in dark; `ink` is the text colour chosen for it."""
    light, dark = _tokens(colour, ink, LIGHT_GROUNDS, WHITE), _tokens(colour, ink, DARK_GROUNDS, "#172029")
    return (
        f':root,[data-bs-theme="light"]{{{light}}}'
        f'[data-bs-theme="dark"]{{{dark}}}'
        f"@media (prefers-color-scheme:dark){{:root:not([data-bs-theme]){{{dark}}}}}\n"
    )


def _tokens(colour: str, ink: str, grounds: tuple[str, ...], surface: str) -> str:
    soft = _mix(colour, surface, 0.12 if surface == WHITE else 0.22)
    text = _standing_out(colour, (*grounds, soft))
    plain = text if min(contrast(colour, ground) for ground in grounds) < 3 else colour
    on_plain = ink if ink and plain == colour else readable(plain)
    return f"--brand:{plain};--brand-ink:{on_plain};--brand-text:{text};--brand-soft:{soft}"


def _standing_out(colour: str, grounds: tuple[str, ...]) -> str:
    """The nearest shade of `colour` that can be read on every one of `grounds`."""
    towards = readable(grounds[0])
    for step in range(101):
        shade = _mix(towards, colour, step / 100)
        if min(contrast(shade, ground) for ground in grounds) >= LEAST:
            return shade
    return towards


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    if not is_colour(colour):
        raise ValueError(f"{colour!r} is not a colour written #rrggbb.")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
