"""Makes the pictures of the documentation anew: `python -m tools.screens` starts a demonstration and looks at it.

List and ticket, in both languages and themes, on a desk and on a telephone, into `docs/screens/`. Needs Debian's
chromium and what the tests need.
"""

from __future__ import annotations

import io
import itertools
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from okno.config.bench.processes import OKNO, clean_environment, free_port, running, throwaway_folder

SCREENS = Path(__file__).resolve().parent.parent / "docs" / "screens"
MEMBERS = {"en": "chen@okno.example", "ru": "anna@okno.example"}
THEMES = ("light", "dark")
COLOURS = 192
SETTLING = 1200  # milliseconds
TICKETS = r"[...document.links].map(one => one.pathname).filter(path => /^\/tickets\/[0-9]+\/$/.test(path))"


@dataclass(frozen=True, slots=True)
class Size:
    """A window, in CSS pixels, and how many pixels of the picture each of them gets."""

    width: int
    height: int
    scale: int


SIZES = (Size(1440, 900, 1), Size(360, 780, 2))


def main() -> int:
    """Take all pictures."""
    program = shutil.which("chromium")
    if program is None:
        print("chromium is missing: apt-get install chromium")
        return 1
    SCREENS.mkdir(exist_ok=True)
    port = free_port()
    with throwaway_folder() as folder:
        data = folder / "data"
        environment = clean_environment(OKNO_MAIL_LISTEN=f"127.0.0.1:{free_port()}")
        command = [*OKNO, "up", "--demo", "--data", str(data), "--port", str(port)]
        with running(command, environment, log=folder / "log"), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            password = (data / "demo-password").read_text().strip()
            for language, theme, size in itertools.product(MEMBERS, THEMES, SIZES):
                take(browser, f"http://localhost:{port}", password, language=language, theme=theme, size=size)
            browser.close()
    return 0


def take(browser: Browser, site: str, password: str, *, language: str, theme: str, size: Size) -> None:
    """Take list and ticket as one member sees them."""
    context = browser.new_context(
        viewport={"width": size.width, "height": size.height},
        device_scale_factor=size.scale,
        locale=language,
        timezone_id="Europe/Moscow",
        reduced_motion="reduce",
        color_scheme="dark" if theme == "dark" else "light",
    )
    context.add_cookies([{"name": "okno_theme", "value": theme, "url": site}])
    page = context.new_page()
    sign_in(page, site, MEMBERS[language], password)
    ending = f"{language}-{theme}-{size.width}.png"
    page.goto(f"{site}/tickets/?view=open")
    keep(page, f"list-{ending}")
    page.goto(f"{site}/tickets/?view=mine")
    page.goto(site + richest(page, site))
    keep(page, f"ticket-{ending}")
    context.close()


def richest(page: Page, site: str) -> str:
    """Return the path of the ticket on a list that shows the most: the one with the longest page."""
    paths = dict.fromkeys(page.evaluate(TICKETS))
    return max(paths, key=lambda path: len(page.request.get(site + path).text()))


def sign_in(page: Page, site: str, member: str, password: str) -> None:
    """Sign in by the form."""
    page.goto(f"{site}/accounts/login/")
    page.fill("input[name=login]", member)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{site}/tickets/**")


def keep(page: Page, name: str) -> None:
    """Keep what the window shows as a small picture."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    # Counts come after the page; the stream of events never ends, so the network is never idle.
    page.wait_for_timeout(SETTLING)
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(SCREENS / name, optimize=True)
    print(name)


if __name__ == "__main__":
    sys.exit(main())
