"""Makes the pictures of the documentation anew: `python -m tools.screens` starts a demonstration and looks at it.

In both languages, on a desk and on a telephone, into `docs/screens/`: what agents see all day by day and by night, the
rest once in each size. Needs Debian's chromium and what the tests need.
"""

from __future__ import annotations

import io
import itertools
import shutil
import subprocess
import sys
import time
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
LETTER_SECONDS = 30
ADMINISTRATOR = "admin@okno.example"
TICKETS = r"[...document.links].map(one => one.pathname).filter(path => /^\/tickets\/[0-9]+\/$/.test(path))"


@dataclass(frozen=True, slots=True)
class Size:
    """A window, in CSS pixels, and how many pixels of the picture each of them gets."""

    width: int
    height: int
    scale: int


SIZES = (Size(1440, 900, 1), Size(360, 780, 2))
# Seen once in each size: light on a desk, dark on a telephone.
SETTINGS = {"types": "/settings/types/", "modules": "/settings/modules/", "call": "/phone/"}
AS_SYSTEM = "SET ROLE okno_system; "
LINK = "SELECT text FROM email_outgoingmail WHERE text LIKE '%/my/link/%' ORDER BY id DESC LIMIT 1"
FORM = "SELECT key FROM form_form ORDER BY id LIMIT 1"
BUSIEST = (
    "SELECT a.value FROM people_contactaddress a JOIN tickets_ticket t ON t.requester_id = a.contact_id "
    "JOIN people_contact c ON c.id = a.contact_id WHERE a.kind = 'email' AND c.name {} '[А-я]' "
    "GROUP BY a.value ORDER BY count(*) DESC, a.value LIMIT 1"
)
NAMES = {"en": "!~", "ru": "~"}


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
                desk = Desk(site=f"http://localhost:{port}", data=data, password=password)
                take(browser, desk, language=language, theme=theme, size=size)
            browser.close()
    return 0


@dataclass(frozen=True, slots=True)
class Desk:
    """The demonstration that is looked at."""

    site: str
    data: Path
    password: str

    def ask(self, query: str) -> str:
        """Return the one value that a query answers, of all workspaces."""
        command = [*OKNO, "psql", "--data", str(self.data), "--", "-At", "-q", "-c", AS_SYSTEM + query]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def take(browser: Browser, desk: Desk, *, language: str, theme: str, size: Size) -> None:
    """Take what one member and one requester see, in one dress."""
    ending = f"{language}-{theme}-{size.width}.png"
    page = dressed(browser, desk, language=language, theme=theme, size=size)
    sign_in(page, desk.site, MEMBERS[language], desk.password)
    keep(page, f"home-{ending}")
    page.goto(f"{desk.site}/tickets/?view=open")
    keep(page, f"list-{ending}")
    page.goto(f"{desk.site}/tickets/?view=mine")
    page.goto(desk.site + richest(page, desk.site))
    keep(page, f"ticket-{ending}")
    page.context.close()
    if (theme == "light") == (size is SIZES[0]):
        take_the_rest(browser, desk, language=language, theme=theme, size=size)


def take_the_rest(browser: Browser, desk: Desk, *, language: str, theme: str, size: Size) -> None:
    """Take settings, the form and the portal."""
    ending = f"{language}-{theme}-{size.width}.png"
    page = dressed(browser, desk, language=language, theme=theme, size=size)
    sign_in(page, desk.site, ADMINISTRATOR, desk.password)
    page.goto(f"{desk.site}/settings/profile/")
    page.select_option("select[name=language]", language)
    page.click("form.form button[type=submit]")
    for name, path in SETTINGS.items():
        page.goto(desk.site + path)
        keep(page, f"{name}-{ending}")
    page.context.close()
    page = dressed(browser, desk, language=language, theme=theme, size=size)
    page.goto(f"{desk.site}/f/{desk.ask(FORM)}/?lang={language}")
    keep(page, f"form-{ending}")
    come_in(page, desk, desk.ask(BUSIEST.format(NAMES[language])))
    page.goto(f"{desk.site}/my/?state=done")
    keep(page, f"portal-{ending}")
    page.click(".public-list a")
    keep(page, f"request-{ending}")
    page.context.close()


def dressed(browser: Browser, desk: Desk, *, language: str, theme: str, size: Size) -> Page:
    """Return a tab of somebody new."""
    context = browser.new_context(
        viewport={"width": size.width, "height": size.height},
        device_scale_factor=size.scale,
        locale=language,
        timezone_id="Europe/Moscow",
        reduced_motion="reduce",
        color_scheme="dark" if theme == "dark" else "light",
    )
    context.add_cookies([{"name": "okno_theme", "value": theme, "url": desk.site}])
    return context.new_page()


def come_in(page: Page, desk: Desk, address: str) -> None:
    """Sign in to the portal by the link that the demonstration keeps instead of sending it."""
    before = desk.ask(LINK)
    page.goto(f"{desk.site}/my/sign-in/")
    page.fill("input[name=email]", address)
    page.click("form.form button[type=submit]")
    deadline = time.monotonic() + LETTER_SECONDS
    while (letter := desk.ask(LINK)) == before and time.monotonic() < deadline:
        time.sleep(0.5)
    page.goto(next(word for word in letter.split() if "/my/link/" in word))
    page.click("form.form button[type=submit]")
    page.wait_for_url("**/my/")


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
    page.wait_for_url(f"{site}/")


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
