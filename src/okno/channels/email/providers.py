"""What the larger providers want to see in the DNS of a domain that sends by them, by the vendors' own pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingProvider:
    """A provider, known by the name of its server for sending."""

    name: str
    hosts: tuple[str, ...]
    """Ends of server names."""
    spf_domain: str
    """What a domain's SPF record includes."""
    spf_end: str = "~all"
    """How the vendor's own example ends."""
    selectors: tuple[str, ...] = ()
    """Under what names its DKIM keys usually stand."""
    dkim_page: str = ""
    """Where an administrator of the domain finds the key."""


PROVIDERS = (
    SendingProvider(
        name="Microsoft 365",
        hosts=("office365.com", "outlook.com", "mail.protection.outlook.com"),
        spf_domain="spf.protection.outlook.com",
        spf_end="-all",
        selectors=("selector1", "selector2"),
        dkim_page="security.microsoft.com/dkimv2",
    ),
    SendingProvider(
        name="Google Workspace",
        hosts=("gmail.com", "google.com", "googlemail.com"),
        spf_domain="_spf.google.com",
        selectors=("google",),
        dkim_page="admin.google.com/ac/apps/gmail/authenticateemail",
    ),
    SendingProvider(
        name="Yandex 360",
        hosts=("yandex.ru", "yandex.com", "yandex.net"),
        spf_domain="_spf.yandex.net",
        selectors=("mail",),
    ),
    SendingProvider(
        name="VK WorkSpace (Mail.ru)",
        hosts=("mail.ru",),
        spf_domain="_spf.mail.ru",
        selectors=("mailru",),
    ),
    SendingProvider(
        name="Fastmail",
        hosts=("fastmail.com", "messagingengine.com"),
        spf_domain="spf.messagingengine.com",
        selectors=("fm1", "fm2", "fm3"),
    ),
    SendingProvider(
        name="Amazon SES",
        hosts=("amazonaws.com",),
        spf_domain="amazonses.com",
    ),
    SendingProvider(
        name="SendGrid",
        hosts=("sendgrid.net",),
        spf_domain="sendgrid.net",
        selectors=("s1", "s2"),
    ),
    SendingProvider(
        name="Mailgun",
        hosts=("mailgun.org",),
        spf_domain="mailgun.org",
    ),
    SendingProvider(
        name="Postmark",
        hosts=("postmarkapp.com",),
        spf_domain="spf.mtasv.net",
    ),
)


def provider_of_server(host: str) -> SendingProvider | None:
    """Return whose server for sending a name is, or None if it is some other."""
    name = host.lower().rstrip(".")
    return next((one for one in PROVIDERS if any(_is_below(name, end) for end in one.hosts)), None)


def _is_below(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")
