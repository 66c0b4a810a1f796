"""The forms in which the world's servers say that a mail did not arrive, as tables of patterns.

Facts taken from the sources and manuals of the servers. Every pattern is matched against one line of limited
length, so reading stays linear. A server that is not named here is mostly read by the general ones all the same.
"""

import re

from okno.channels.email.bounce_address import ADDRESS

_A = rf"[<\[('\"*]{{0,3}}(?P<address>{ADDRESS})[>\])'\"*]{{0,3}}"


def _lines(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


# The line names the failed recipient for certain; what follows in it is the reason.
NAMED = _lines(
    # qmail, Postfix, Courier, 1&1: "<user@host>:", "<user@host> (expanded from <alias@host>): reason"
    rf"^<(?P<address>{ADDRESS})>(?:[ \t]*\([^()]{{0,300}}\))?[ \t]*:(?P<reason>.*)$",
    rf"^(?P<address>{ADDRESS}):(?P<reason>.*)$",
    # sendmail, Smail: "<user@host>... User unknown", "user@host ... failed: unknown host"
    rf"^(?:\d{{3}} (?:\d\.\d\.\d )?)?<?(?P<address>{ADDRESS})>?[ ]?\.\.\.[ ]?(?P<reason>.*)$",
    # Exchange 5.5, 2000, 2003: "user@host on Thu, 29 Apr …", "c=US;…;dda:SMTP=user@host on …"
    rf"^(?:.{{0,200}}SMTP[=:])?['\"]?(?P<address>{ADDRESS})['\"]? on [a-z]{{0,4}},? ?\d{{1,4}}[ ./-](?P<reason>.*)$",
    rf"^.{{0,200}}SMTP[=:](?P<address>{ADDRESS})(?P<reason>.*)$",
    # "user@host [User unknown]", McAfee: "<user@host>   (User unknown user@host)"
    rf"^{_A}[ \t]+[\[(](?P<reason>[^\])]{{3,400}})[\])]?\s*$",
    # IMail: "Unknown user: user@host", "Delivery failed 20 attempts: user@host", "undeliverable to user@host"
    r"^(?:unknown user|user mailbox[^:]{0,60}|user's mailbox is full|delivery failed[^:]{0,60}|unknown host|"
    rf"invalid final delivery userid|no such user)[ \t]*:[ \t]*{_A}(?P<reason>.*)$",
    rf"^undeliverable[ ]+to[ ]+{_A}(?P<reason>.*)$",
    # labelled lines of Oracle, usa.net, hotpop, SurfControl, LSMTP, E500, MDaemon, MailEnable and many others
    r"^(?:the |your )?(?:failed|final|original|intended|invalid|undeliverable|bad|rejected|unknown)[ -]"
    rf"(?:recipient|address|user)s?(?: address)?[ \t]*[:=][ \t]*(?:rfc822;[ \t]*)?{_A}(?P<reason>.*)$",
    r"^(?:recipient|addressee|recipients|recipient (?:e-?mail )?address|addressed to|failed-recipient|error-for|"
    r"получатель|адресат|адрес получателя|кому|empfänger|empfängeradresse|destinataire|destinatari[oa]|"
    rf"destinatário|宛先|受信者|收件人|送信先)[ \t]*[:：=][ \t]*(?:rfc822;[ \t]*)?{_A}(?P<reason>.*)$",
    # MailFoundry, KDDI, InterScan, Websense: a sentence that ends with the address
    r"^(?:mail |message |it |this message |your message |the message )?(?:could not|cannot|couldn't|can't|was not|"
    rf"unable to)(?: be)? (?:deliver(?:ed)?|sent)(?: message| mail| your message| this message)? to:?[ \t]+{_A}"
    r"[:.]?(?P<reason>.*)$",
    rf"(?:rejected|refused) recipient[ \t]+{_A}(?P<reason>.*)$",
    # sendmail: a program behind an alias has failed
    rf"^\((?:expanded|generated) from:?[ \t]*{_A}\)?(?P<reason>.*)$",
    # Zoho
    rf"^\[Status: [^\],]{{1,40}}, Address: {_A}(?P<reason>.*)$",
    rf"^{_A}[ \t]+(?P<reason>.{{0,80}}ERROR_?CODE.*)$",
)

EXPANDED = re.compile(rf"\((?:expanded|generated) from:?[ \t]*{_A}", re.IGNORECASE)

# The line holds nothing but an address in some decoration: the list below "did not reach the following".
ALONE = _lines(
    rf"^[-*>•·+ \t]{{0,40}}{_A}(?:[ \t]*<mailto:[^>\s]{{1,320}}>)?[ \t]*[,;.]?$",
    rf"^[-*>•·+ \t]{{0,40}}[^<>@:]{{1,120}}[<(\[](?:mailto:|smtp:)?(?P<address>{ADDRESS})[>)\]]"
    r"(?:[ \t]*<mailto:[^>\s]{1,320}>)?[ \t]*[,;.]?$",
    rf"^(?:to|rcpt to|an|à|a|кому)[ \t]*:?[ \t]+{_A}$",
)

# Steps of an SMTP session, as transcripts show them.
RECIPIENT_STEP = _lines(rf"rcpt to:?[ \t]*{_A}")

# The line speaks of an address in a sentence that tells of the failure.
SPOKEN = _lines(
    rf"(?:to|for|recipient|user|address|mailbox|account|addressed|deliver|for|an|an die adresse|à|a|para|адрес\w*|"
    rf"получател\w*|пользовател\w*|ящик\w*|кому)[ \t]+(?:the )?(?:address |user |recipient |mailbox )?{_A}",
    rf"^{_A}[ \t]+(?P<reason>.{{4,}})$",
)

# Here the returned mail begins.
ORIGINAL_BEGINS = _lines(
    r"^[-=*_~ \t|]{2,90}(?:below (?:this|the next) line is a copy|this is a copy of|(?:the )?(?:original|returned|"
    r"undelivered|unsent|rejected|failed|forwarded|bounced) (?:message|mail|email|e-mail)|(?:the )?(?:body|"
    r"header)s? of "
    r"(?:the|your)|message (?:header|text|body|source|content)|your (?:original )?message|start of (?:returned|"
    r"original)|"
    r"unsent message|included is|a copy of|attached is|исходное (?:сообщение|письмо)|копия (?:сообщения|письма)|"
    r"заголовки|ursprüngliche nachricht|message d'origine|mensaje original|mensagem original|messaggio originale|"
    r"元のメール|原メール)",
    r"^(?:---? )?(?:original (?:message|mail) (?:follows|as follows|headers?|attached|below)|message headers? follow|"
    r"included is a copy|the (?:original )?(?:message|headers?|header of the original message) (?:is |are )?follow|"
    r"the attachment contains the original|a copy of (?:the|your) (?:original )?(?:message|mail)|old message:|"
    r"your message reads|here is your returned mail|the following is a copy|below (?:this|the next) line is a copy|"
    r"returned message follows|unsent message|no message was collected|attachment is a copy|"
    r"here is a copy of the first|headers? of the (?:original|undelivered) message|en-têtes de message d'origine|"
    r"(?:ursprüngliche|originale) nachrichten(?:kopfzeilen|header)|encabezados de mensajes? original|"
    r"cabeçalhos de mensagens? origina|intestazioni del messaggio originale|заголовки (?:исходного|оригинального)|"
    r"исходные заголовки|元のメッセージ ?ヘッダー|original mail header)",
    r"^content-type:[ \t]*(?:message/rfc822|text/rfc822-headers)",
    r"^[-=* \t]{0,6}начало исходного|^-{3,}原文|^[-=]{3,} ?original ?message ?[-=]{3,}",
)

# A line of a mail header; three of them in a row are the returned mail, even if nothing announces it.
HEADER_LINE = re.compile(
    r"^(?:received|return-path|message-id|delivered-to|date|from|to|subject|mime-version|content-type|reply-to|"
    r"dkim-signature|x-[a-z][a-z0-9-]{1,60}|references|in-reply-to|sender|cc|content-transfer-encoding)[ \t]*:",
    re.IGNORECASE,
)
HEADER_BEGINS = re.compile(
    r"^(?:received|return-path|message-id|delivered-to|dkim-signature|x-[a-z-]+):", re.IGNORECASE
)

# Lines whose addresses are of anybody but the recipient.
FOREIGN = re.compile(
    r"^[ \t>*]*(?:from|sender|mail from|reply-?to|return-path|message-?id|in-reply-to|references|reporting-mta|"
    r"remote-mta|original sender|отправитель|от|absender|von|expéditeur|remitente|remetente|mittente|差出人|発信者|"
    r">>> mail from|mail_from|received|cc|date|subject)[ \t]*[:：]|"
    r"contact|please (?:e-?mail|send|write|reply|forward)|for (?:further |more )?(?:help|assistance|information)|"
    r"postmaster|if you (?:have|believe|think|feel)|send (?:a|an|the|your) (?:e-?mail|mail|message|question)|"
    r"обратитесь|свяжитесь|help desk|questions|mailto:\S+\?|support@|created automatically|message from|"
    r"return address|sent by|sent from|you sent on|report (?:this|it) to",
    re.IGNORECASE,
)

# Before a list of names without a domain, as AOL wrote them.
LIST_BEGINS = re.compile(r"(?:recipient|user|address|screen name)e?s?\b.*:$", re.IGNORECASE)
BARE_NAME = re.compile(r"[\w][\w.+-]{1,63}")

# Words by which a notice is known; needed beside the signs of a machine.
NOTICE = re.compile(
    r"(?:could|can|was|were|has|have|did|is|will|may|be)(?: ?not|n.t)(?: yet)?(?: be| been)? (?:deliver|sent|"
    r"transmit|complete|receive|accepted|send)|undeliver|un-?able to (?:deliver|send|complete|relay)|"
    r"cannot (?:be )?(?:deliver|"
    r"send)|deliver\w* (?:has |have |to .{0,80})?(?:fail|abort|delay|problem|error|status|attempt)|"
    r"(?:fail\w*|error|problem)s? .{0,40}deliver|non-?deliver|failed (?:permanently|addresses|recipients|address)|"
    r"(?:permanent|transient|fatal|delivery) (?:fatal )?(?:error|failure|problem)|return(?:ed|ing) (?:mail|"
    r"message|to sender)|delivery status|mail delivery|"
    r"transcript of (?:the )?session|error sending your|(?:has|have) been (?:delayed|rejected|returned)|"
    r"not been delivered|"
    r"(?:was|were) (?:rejected|refused|blocked|bounced)|rejected your message|user unknown|unknown user|no such user|"
    r"no such recipient|server response to|may not exist|mailbox (?:is )?full|over quota|failed recipient|"
    r"still being retried|did not reach|not reach the following|did not receive (?:a copy|this)|"
    r"не (?:было |был |может быть |удалось |удается |удаётся )?(?:доставлен|доставить|отправлен|отправить)|"
    r"недоставл|невозможно доставить|ошибк\w+ (?:при )?доставк|возврат|проблем\w* (?:с|при) доставк|задержан|"
    r"(?:konnte|wurde|kann)\w* .{0,60}nicht (?:zugestellt|übermittelt|zugestellt|gesendet|ausgeliefert)|unzustellbar|"
    r"nicht (?:zugestellt|zustellbar|übermittelt|erreicht)|fehlgeschlagen|"
    r"n.a (?:pas )?(?:pas )?(?:pu |été )?.{0,20}(?:remis|distribu|délivr|envoy|livr)|non remis|échec|"
    r"impossible (?:de|d')|"
    r"no (?:se )?(?:ha |han |pudo |puede |fue |se )?.{0,30}(?:entreg|enviar|enviad)|no entregable|"
    r"não (?:foi|pôde|pode|p[oô]de ser) .{0,20}(?:entreg|enviad)|falha na entrega|"
    r"(?:non|impossibile) .{0,30}(?:recapit|consegn|inviar)|nie (?:została|mogła|można|dostarcz)|"
    r"送信(?:でき|に失敗|不能|エラー)|配信(?:でき|に失敗|不能|エラー|不可)|配送(?:でき|エラー|不能)|届(?:け|き)(?:られ)?ません|"
    r"届けることができ|エラーメール|戻(?:り|さ)|退信|退回|(?:无法|未能|不能)(?:投递|发送|送达)|投递失败|發送失敗|寄送失敗|"
    r"yourmessagecouldnot|unzustellbarkeit|onbestelbaar|kunde inte levereras|ikke (?:levere|leveret)",
    re.IGNORECASE,
)

# How the subjects of notices begin.
SUBJECT = re.compile(
    r"^[\s\"'*\[(]*(?:undeliver|un-deliver|unable to deliver|non-?deliver|nondeliver|delivery[ -]?(?:fail|"
    r"status|notif|problem|error|has|unsuccess|incomplete|delay|report|failure|to )|deliverystatus|"
    r"(?:e?-?mail|message|your (?:message|e?-?mail|mail)|sorry, your message|sorry) .{0,30}"
    r"(?:deliver|not sent|returned|could not|failed|failure|fail\b|bounce|reject|undeliver)|"
    r"(?:mail|message) (?:system error|fail|status)|email (?:delivery )?failure|returned (?:mail|message|to)|"
    r"return(?:ed)? mail|"
    r"failure (?:notice|delivery|notification)|failed (?:mail|delivery|message|to deliver)|fail(?:ed|ure) delivery|"
    r"warning: (?:could not|message|e?-?mail|delayed)|warning - |"
    r"(?:there was an )?error (?:sending|in|delivering|condition|mail|message)|\[?bounce|rejected|"
    r"automatically rejected|considered unsolicited|banned|blocked|virus|content filter|spam mail|undelivered|"
    r"permanent (?:delivery )?(?:fail|error)|unroutable|user unknown|no such user|mail (?:not|could)|"
    r"nicht zustellbar|"
    r"unzustellbar|zustell(?:ung|fehler)|fehler|mail konnte|ihre (?:nachricht|e-?mail|mail)|non[ _]?remis|"
    r"non distribu|échec|"
    r"message non|non recapit|mancat[oa] (?:recapito|consegna)|impossibile|no (?:se|entreg)|devuelto|devolu|"
    r"não entreg|falha|erro |недостав|не ?достав|не удалось|не удается|не удаётся|невозможно|ошибка|возврат|задерж|"
    r"(?:сообщение|письмо|почта|ваше (?:сообщение|письмо)) .{0,20}не|(?:отч[её]т|уведомление|сообщение|извещение) о "
    r"(?:не)?(?:достав|возможност|невозможн|состоян|статус|задерж)|niedostarcz|zwrot|olever|ej lever|onbestelbaar|"
    r"配信|配送|送信|エラー|メール(?:が|を|配信|送信|システム)|返送|宛先|系统退信|退信|投递|郵件|无法|未送达|自動返信ではありません)",
    re.IGNORECASE,
)

# The mail has not failed yet; the server goes on trying.
DELAYED = re.compile(
    r"(?:has|have|been|is|was) (?:temporarily )?delayed|delivery delay|delayed (?:mail|delivery|\d)|"
    r"will (?:be retried|be attempted|"
    r"keep trying|continue to try|retry)|still being retried|delivery attempts will continue|"
    r"do(?:es)? not need to (?:re-?send|take any action)|not yet been delivered|warning message only|"
    r"no action is required|just a warning|could not send message for past|undelivered after|advisory-only|"
    r"has been postponed|will try (?:again|for)|still trying|still undelivered|"
    r"задерж|будут продолжены|попыт\w+ доставки (?:будут|продолж)|verzöger|retard|retras|atras|ritard|遅延",
    re.IGNORECASE,
)
