"""Foreign HTML made safe to show: an allow-list of elements, attributes and styles."""

import re
from collections.abc import Callable
from typing import Literal
from urllib.parse import unquote

import nh3

from okno.lib.html_text import refuse_too_deep, without_unusable

PictureUrl = Callable[[str], str | None]
"""Maps a content id (or a remote address) to the address of ours that serves the picture."""

_TAG_NAMES = """
    a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup
    dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img
    ins kbd li main mark ol p pre q rp rt ruby s samp section small span strike strong sub summary
    sup table tbody td tfoot th thead time tr tt u ul var wbr
"""
TAGS = frozenset(_TAG_NAMES.split())
_DROPPED_WITH_CONTENT = frozenset(
    {"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math", "xmp"}
)
_EVERYWHERE = frozenset({"dir", "lang", "title", "align", "valign", "style"})
_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(_EVERYWHERE),
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "data-remote-src"},
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor"},
    "td": {"colspan", "rowspan", "width", "height", "bgcolor", "nowrap"},
    "th": {"colspan", "rowspan", "width", "height", "bgcolor", "nowrap", "scope"},
    "tr": {"bgcolor", "height"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "ol": {"start", "type", "reversed"},
    "ul": {"type"},
    "li": {"value"},
    "font": {"color", "face", "size"},
    "hr": {"width", "size", "color"},
    "time": {"datetime"},
    "details": {"open"},
}
# No property that loads an address or leaves the flow of the page.
_STYLE_NAMES = """
    background-color border border-bottom border-bottom-color border-bottom-style
    border-bottom-width border-collapse border-color border-left border-left-color border-left-style
    border-left-width border-radius border-right border-right-color border-right-style
    border-right-width border-spacing border-style border-top border-top-color border-top-style
    border-top-width border-width clear color direction display float font font-family font-size
    font-style font-variant font-weight height letter-spacing line-height list-style-type margin
    margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width
    padding padding-bottom padding-left padding-right padding-top table-layout text-align
    text-decoration text-indent text-transform vertical-align white-space width word-break
    word-spacing word-wrap overflow-wrap
"""
_STYLES = frozenset(_STYLE_NAMES.split())
_LINK_SCHEMES = ("http:", "https:", "mailto:", "tel:")
_REMOTE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
# Only what nh3 has serialised: every attribute as name="value", quotes and angle brackets within escaped.
_REMOTE_IMAGE = re.compile(r'(<img(?: [a-z-]+="[^"]*")*?) src="remote:([^"]*)"')


def sanitize_html(html: str, *, picture_url: PictureUrl | None = None) -> str:
    """Return HTML that cannot run, load, submit or cover anything; raises HtmlTooDeep.

    Inline pictures keep `cid:` addresses, or those that `picture_url` gives for a content id. Remote pictures
    lose their `src` and keep it in `data-remote-src`, from where `show_pictures` may bring it back.
    """
    refuse_too_deep(html)

    def decide(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return _picture_source(value, picture_url)
        if name == "data-remote-src":
            return value if _REMOTE.match(value) else None
        if name == "href":
            return value if value.strip().lower().startswith(_LINK_SCHEMES) else None
        if name == "style":
            # A backslash could spell a property that the filter of properties does not recognise.
            return None if "\\" in value else value
        return value

    cleaned = nh3.clean(
        without_unusable(html),
        tags=set(TAGS),
        clean_content_tags=set(_DROPPED_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=decide,
        filter_style_properties=set(_STYLES),
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https", "mailto", "tel", "cid", "remote"},
        url_relative=_own_picture_only(picture_url),
        strip_comments=True,
    )
    return _REMOTE_IMAGE.sub(r'\1 data-remote-src="\2"', cleaned).strip()


def _picture_source(value: str, picture_url: PictureUrl | None) -> str | None:
    value = value.strip()
    if value.lower().startswith("cid:"):
        content_id = unquote(value[4:]).strip("<> ")
        return f"cid:{content_id}" if picture_url is None else picture_url(content_id)
    if _REMOTE.match(value):
        return f"remote:{value}"
    return None


def _own_picture_only(picture_url: PictureUrl | None) -> Literal["deny"] | Callable[[str], str | None]:
    if picture_url is None:
        return "deny"
    return lambda url: url if url.startswith("/") and not url.startswith("//") else None


def content_ids(html: str) -> frozenset[str]:
    """Return the content ids of the pictures that sanitised HTML shows."""
    return frozenset(re.findall(r'<img[^>]*? src="cid:([^"]+)"', html))


def show_pictures(html: str, *, inline: PictureUrl, remote: PictureUrl | None = None) -> str:
    """Return sanitised HTML with addresses of ours for inline pictures and, if allowed, for remote ones."""

    def replace(match: re.Match[str]) -> str:
        before, attribute, value = match.groups()
        if attribute == "src":
            url = inline(value.removeprefix("cid:")) if value.startswith("cid:") else value
        else:
            url = remote(_unescape(value)) if remote else None
            if url is None:
                return match.group(0)
        return f'{before} src="{_escape(url)}"' if url else before

    return re.sub(r'(<img(?: [a-z-]+="[^"]*")*?) (src|data-remote-src)="([^"]*)"', replace, html)


def _escape(value: str) -> str:
    return value.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def _unescape(value: str) -> str:
    for entity, character in (("&quot;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        value = value.replace(entity, character)
    return value
