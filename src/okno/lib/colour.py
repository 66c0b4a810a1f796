"""Colours as six hexadecimal digits: contrast by WCAG, accents by their hue, and what stays readable."""

from __future__ import annotations

import math
import re
from itertools import pairwise

READABLE = 4.5
"""The contrast that WCAG 2.2 asks of text at level AA."""
WHITE = "#ffffff"
_HEX = re.compile(r"#[0-9a-f]{6}")
_STEPS = 20
_GREY = 0.02
"""The OKLCH chroma below which nobody sees a colour."""

Rgb = tuple[float, float, float]


def is_colour(value: str) -> bool:
    """Tell whether a text is a colour in its normal form, `#rrggbb` in lower case."""
    return _HEX.fullmatch(value) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(background: str, *, dark: str = "#16181d") -> str:
    """Return white or the dark colour, whichever is read better on a background."""
    return WHITE if contrast(WHITE, background) >= contrast(dark, background) else dark


def readable_on(colour: str, background: str) -> str:
    """Return the colour, moved towards white or black until it can be read on the background."""
    target = text_on(background, dark="#000000")
    for step in range(_STEPS + 1):
        mixed = _mixed(colour, target, step / _STEPS)
        if contrast(mixed, background) >= READABLE:
            return mixed
    return target


def accent_of_hue(hue: int) -> str:
    """Return a dark accent of a hue (OKLCH, degrees), as strong as the screen can show and readable on white."""
    for chroma in (0.17, 0.15, 0.13, 0.11, 0.09, 0.07, 0.05):
        rgb = _from_oklch(0.45, chroma, hue)
        if all(-0.0005 <= value <= 1.0005 for value in rgb):
            return _spelled(rgb)
    return _spelled(_from_oklch(0.45, 0.0, hue))


def hue_of(colour: str) -> int | None:
    """Return the hue of a colour (OKLCH, whole degrees); None for a grey, which has none."""
    red, green, blue = (_linear(value) for value in _channels(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    if math.hypot(a, b) < _GREY:
        return None
    return round(math.degrees(math.atan2(b, a))) % 360


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(value) for value in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _channels(colour: str) -> list[float]:
    return [int(colour[start:end], 16) / 255 for start, end in pairwise((1, 3, 5, 7))]


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    red, green, blue = (first + (second - first) * share for first, second in pairs)
    return _written(red, green, blue)


def _from_oklch(lightness: float, chroma: float, hue: float) -> Rgb:
    """Return linear sRGB, by the matrices of Björn Ottosson's definition of OKLab."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _spelled(linear: Rgb) -> str:
    clipped = (min(1.0, max(0.0, value)) for value in linear)
    red, green, blue = (
        12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055 for value in clipped
    )
    return _written(red, green, blue)


def _written(*channels: float) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in channels)
