"""Providers at which anybody has an address: their domain says nothing about who writes."""

from __future__ import annotations

_DOMAINS = frozenset(
    """
    126.com 139.com 163.com aol.com arcor.de att.net bellsouth.net bigmir.net bk.ru bluewin.ch bol.com.br
    btinternet.com centrum.cz charter.net comcast.net cox.net daum.net earthlink.net email.cz email.ru email.ua
    fastmail.com fastmail.fm fastmail.net foxmail.com free.fr freemail.hu freenet.de gmail.com gmx.at gmx.ch gmx.com
    gmx.de gmx.net googlemail.com hanmail.net hey.com home.pl hotmail.co.uk hotmail.com hotmail.de hotmail.es
    hotmail.fr hotmail.it hushmail.com i.ua icloud.com inbox.lv inbox.ru indiatimes.com internet.ru interia.pl
    laposte.net libero.it list.ru live.com live.co.uk live.fr live.nl live.ru mac.com mail.be mail.bg mail.com mail.ee
    mail.kz mail.ru mailbox.org me.com meta.ua msn.com mts.ru naver.com netease.com o2.pl online.de op.pl orange.fr
    outlook.com outlook.de outlook.es outlook.fr outlook.it pm.me posteo.de proton.me protonmail.ch protonmail.com
    qq.com rambler.ru rediffmail.com ro.ru rocketmail.com runbox.com seznam.cz sfr.fr shaw.ca sina.com sina.cn
    sky.com sohu.com t-online.de talktalk.net telenet.be terra.com.br tiscali.it tut.by tuta.com tutanota.com ukr.net
    uol.com.br ua.fm verizon.net virgilio.it virginmedia.com volny.cz wanadoo.fr web.de wp.pl xtra.co.nz xmail.ru
    ya.ru yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.com.mx yahoo.de yahoo.es yahoo.fr
    yahoo.in yahoo.it yandex.by yandex.com yandex.kz yandex.ru yandex.ua yeah.net ymail.com zohomail.com zoho.com
    """.split()  # noqa: SIM905 (a table that can be read)
)


def is_free_mail(domain: str) -> bool:
    """Tell whether strangers to each other share a domain (in lower-case ASCII)."""
    return domain in _DOMAINS
