"""What a refusal means: the status code (RFC 3463) told by its codes and, where it has none, by its words."""

import re

MAX_REASON = 500
# Long enough for every server's answer; what is longer is not an answer.
_MAX_READ = 4_000

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.,:/-])([45]\d\d)(?=[ \t\-#:;,)'\"]|$)(?![ \t]+[a-z]{0,5}bytes)", re.IGNORECASE)

MAILBOX_FULL = "4.2.2"
UNKNOWN_USER = "5.1.1"
EXPIRED = "4.4.7"


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


# The first that fits is taken, so special words stand before general ones.
_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "5.3.4",
        _any(
            r"(?:message|mail|e-mail|file|size)(?: is| was)? (?:too (?:big|large)|larger than)",
            r"(?:message|mail|maximum|allowed) size (?:exceed|limit|violat|restrict)",
            r"size (?:of (?:this|the|your) )?(?:message|mail|e-mail) .{0,40}(?:exceed|limit|larger|too)",
            r"exceeds? .{0,40}(?:maximum|allowable|fixed|message) (?:message )?size",
            r"message (?:exceeds|length exceeds|is larger)|max message size|data size exceeds|recipsizelimit",
            r"(?:письмо|сообщение) слишком (?:велико|большое)|размер (?:письма|сообщения)",
            r"nachricht .{0,20}zu gro(?:ß|ss)|nachrichtengröße|message (?:trop|est trop) (?:volumineux|gros)",
            r"mensaje .{0,30}demasiado grande|mensagem .{0,30}(?:muito|demasiado) grande",
            r"messaggio .{0,30}troppo grande|サイズ(?:が|を|制限)|メールが大き",
        ),
    ),
    (
        MAILBOX_FULL,
        _any(
            r"(?:mail ?box|inbox|box|account|mailfolder|maildir|folder)(?:[^.\n]{0,40}?)(?: is| was)? ?full\b",
            r"over ?quota|quota (?:is )?(?:exceed|full|limit|violat)|exceed\w* .{0,40}quota|quotaexceeded",
            r"exceed\w* .{0,30}(?:storage|disk|mailbox|allowed size|mail limit|local limit|space)",
            r"(?:disk|mailbox|mail|storage) ?(?:quota|space|capacity|limit)s? .{0,40}(?:exceed|full|reached|over)",
            r"(?:insufficient|not enough|out of|no) .{0,20}(?:disk |storage |mailbox )(?:space|quota)",
            r"out of storage|no space left|mailbox has exceeded|mailbox exceeds|too much mail|is over (?:its|the) ",
            r"too many messages in|over the (?:maximum|allowed|size)|mailboxfull|storage allocation|over_?limit",
            r"переполнен|превы(?:шен|сил)\w* .{0,30}(?:квот|лимит|размер ящ)|квот\w* .{0,30}превыш",
            r"недостаточно места|нет места",
            r"(?:postfach|mailbox) .{0,30}(?:voll|überfüllt)|speicherplatz|kontingent .{0,20}(?:überschr|erschöpft)",
            r"bo[iî]te .{0,60}pleine|quota .{0,20}(?:dépass|atteint)|buzón .{0,30}(?:lleno|excedid|límite)",
            r"caixa .{0,40}(?:cheia|lotada)|casella .{0,40}piena|skrzynka .{0,30}(?:pełna|przepełn)",
            r"メールボックス.{0,20}(?:一杯|いっぱい|満杯|容量|フル)|容量(?:を超|オーバ|制限)|邮箱.{0,10}满|容量已满",
        ),
    ),
    (
        "5.1.8",
        _any(
            r"sender (?:address )?domain .{0,30}(?:not found|not exist|invalid)|domain of sender address",
            r"(?:sender address|sender) (?:rejected: )?(?:domain not found|unresolvable|verify failed)",
            r"(?:could ?n.t|could not|unable to|cannot) verify (?:the )?sender|sender domain must (?:exist|resolve)",
            r"unroute?able sender|sender address rejected|"
            r"sender verify fail|invalid sender|bad sender|returnpath .{0,20}not exist",
        ),
    ),
    (
        "5.7.1",
        _any(
            r"relay(?:ing|er)?(?: \w+)? (?:denied|not permitted|not allowed|prohibited|refused|rejected|disallowed)",
            r"unable to relay|not (?:allowed|permitted) to relay|(?:do not|does not|don.t|cannot|can.t) relay",
            r"relay access|relay operation|relaying mail|smtp relay error|that domain isn.t in my list",
            r"rcpthosts|not (?:a )?gateway|не разрешена пересылка|ретрансляци",
        ),
    ),
    (
        "5.2.1",
        _any(
            r"(?:account|mailbox|user|recipient|address|subscriber)\S{0,3} (?:[^.\n]{0,50}?)\b(?:disabled|suspended|"
            r"deactivated|inactive|locked|frozen|closed|terminated|temporarily limited|not active|no longer active)",
            r"(?:disabled|suspended|inactive|deactivated|locked|closed) (?:user|account|mailbox|recipient|address)",
            r"(?:account|mailbox|user) (?:is |has been |was )(?:blocked|expired)|recipient .{0,10}is not accepting",
            r"(?:ящик|аккаунт|уч[её]тн\w+ запис\w+|пользовател\w+) .{0,60}(?:заблокирован|отключ[её]н|неактив|"
            r"закрыт)",
            r"(?:konto|postfach) .{0,40}(?:deaktiviert|gesperrt)|compte .{0,40}(?:désactivé|suspendu|fermé)",
            r"cuenta .{0,40}(?:deshabilitad|suspendid|desactivad)|conta .{0,40}(?:desativad|suspens|bloquead)",
            r"account .{0,40}disattivat|アカウント.{0,20}(?:停止|無効)|帐号.{0,10}(?:停用|锁定|禁用)",
        ),
    ),
    (
        "5.7.1",
        _any(
            r"\bspam|unsolicited|bulk (?:e-?mail|mail|sender)|\buce\b|junk|phish|looks like|suspicious",
            r"black ?list|block ?list|blocklisted|dnsbl|\brbl\b|\bsbl\b|\bpbl\b|\bxbl\b|\bcbl\b|spamhaus|"
            r"spamcop|sorbs",
            r"(?:listed|found) (?:in|at|on|by) \S{0,40}(?:list|rbl|bl\b|\.org|\.net)|reputation|senderbase|barracuda",
            r"\b(?:spf|dkim|dmarc)\b|authentication (?:required|failure|check)|reverse dns|\bptr\b|\brdns\b",
            r"(?:client|host|ip|connection|address|mail|message|sender|e-?mail)s? .{0,40}"
            r"(?:blocked|banned|refused by|denied|forbidden|prohibited)",
            r"access denied|denied by|not authori[sz]ed|permission|polic(?:y|ies)|prohibited|administrative",
            r"(?:rejected|refused|blocked|filtered) (?:by|due to|because|for) ",
            r"authrequired|not ?accept\w* (?:mail|messages?|connections?) from|your (?:ip|host|server) ",
            r"privacy settings|preferences prevent|security (?:policy|alert)|message (?:was )?rejected|"
            r"refused to accept",
            r"спам|нежелательн|ч[её]рн\w+ спис|отклонен\w* .{0,30}(?:политик|фильтр)|запрещ[её]н|подозрит",
            r"unerwünscht|abgelehnt|richtlinie|indésirable|refusé|no deseado|rechazado|rejeitad|respint|bloquead",
            r"迷惑メール|受信拒否|拒否|垃圾邮件|拒收",
        ),
    ),
    (
        "5.6.0",
        _any(
            r"virus|malware|infected|trojan|attachment .{0,40}(?:not allowed|blocked|type|reject|prohibit)",
            r"(?:message|body|content|header)s? .{0,30}(?:invalid|malformed|not rfc|does not comply|illegal)",
            r"content (?:reject|error|not accept|filter)|conversion .{0,30}fail|8-?bit|bare (?:lf|line ?feed)|"
            r"rfc ?2?822 complian",
            r"вирус|вложени\w+ .{0,30}(?:запрещ|недопуст)|содержим",
        ),
    ),
    (
        "5.4.6",
        _any(
            r"too many (?:hops|received|\"received)|hop ?count|mail(?:er)? loop|loop(?:ing|s)? (?:detected|back)|"
            r"loops? back to|routing loop|message (?:is )?looping|duplicated message-id|mxloopback|зациклив",
        ),
    ),
    (
        "5.1.2",
        _any(
            r"(?:host|domain|hostname|system|server|site)(?: name)?s?(?: is| was)? (?:unknown|not found|invalid)",
            r"(?:host|domain|hostname)\S{0,60}.{0,40}(?:does ?n.t|doesnt|does not|did not|do not) exist",
            r"(?:domain|host)\b.{0,60}(?:couldn.t be found|could not be found|wasn.t found|not be found)",
            r"(?:unknown|no such|non-?existent|nonexisting|bad destination|invalid|illegal) (?:destination )?"
            r"(?:host|domain|hostname|system|mail ?host)",
            r"nxdomain|host or domain name not found|unroute?able|"
            r"name service error",
            r"non-?existentdomain|couldn.t find any host|cannot find (?:a |any )?(?:host|mail exchange|gateway|"
            r"route)",
            r"(?:can.t|cannot|could not|unable to) find .{0,20}(?:host|domain|gateway|route)",
            r"all (?:host address lookups failed|relevant mx records)|no route to domain|could not find a gateway",
            r"домен\w* .{0,40}(?:не найден|не существует|недоступ)|несуществующ\w+ домен|неизвестн\w+ домен",
            r"(?:domain|domäne)\S* .{0,40}(?:unbekannt|existiert nicht|nicht gefunden)|domaine .{0,40}(?:inconnu|"
            r"n'existe|introuvable)|dominio .{0,40}(?:no existe|inexistente|non esiste|desconocid)",
            r"domínio .{0,40}(?:não existe|inexistente|inválido)",
            r"ドメイン.{0,30}(?:見つかり|存在し|不明)|域名.{0,10}(?:不存在|无效)",
        ),
    ),
    (
        "5.1.6",
        _any(
            r"(?:user|recipient|mailbox|account|address) (?:has )?(?:moved|changed)",
            r"no longer (?:works|employed|with)",
        ),
    ),
    (
        UNKNOWN_USER,
        _any(
            r"(?:unknown|no such|invalid|bad|nonexistent|non-existent|unrecognized|undeliverable|illegal|"
            r"unavailable) "
            r"(?:local |virtual |destination |final delivery |final |delivery |smtp |e-?mail |mail ?box |mail )?"
            r"(?:user|recipient|receiver|mailbox|account|addressee?|person|alias|userid|username|name|local.?part|id)",
            r"(?:user|recipient|mailbox|mail ?box|account|address|addressee|username|name|alias|person|login|"
            r"subscriber|e-?mail|local part)s?\b.{0,90}?(?:unknown|not found|not exist|n.t exist|nonexist|not known|"
            r"no longer|not listed|not recogni[sz]ed|invalid|undeliverable|couldn.t be found|could not be found|"
            r"wasn.t found|unavailable|"
            r"not (?:a )?(?:valid|local|registered|available|present|here|ours|handled|configured)|not have an? )",
            r"(?:not|isn.t|aren.t) (?:listed|found) in|does(?:n.t| not) have an? .{0,80}account|n.t exist|not exist",
            r"no (?:mail ?box|account|user|person|one|recipients?|valid recipients?|record|mail drop|body)\b.{0,40}"
            r"(?:here|by that|with|at|found|named|for|of|called)|no valid recipients|no such (?:user|one)",
            r"not our customer|recipients? (?:address )?(?:rejected|refused|unknown|not)",
            r"(?:recipient|user|address) reject|rejected recipient|rejected address|recip\w*notfound|user_?unknown",
            r"mail ?box unavailable|unknown address error|nobody here|cannot route mail to user",
            r"addressee unknown|could not deliver to user",
            r"(?:пользовател|ящик|адрес|получател|абонент)\w*.{0,70}(?:не найден|не существует|не зарегистр|неизвест|"
            r"не был[аои]? найден)|нет такого|неверн\w+ адрес|несуществующ|не удалось найти",
            r"unbekannt|existiert nicht|nicht (?:gefunden|bekannt|vorhanden)|inconnu|n'existe pas|introuvable|"
            r"non trouvé",
            r"desconocid|no existe|no se (?:ha encontrado|encontró|encuentra)|desconhecid|não (?:existe|encontrad)",
            r"inexistente|sconosciut|non esiste|inesistente|non trovat|nie istnieje|nieznan|okänd|ukendt|onbekend",
            r"ユーザ.{0,30}(?:見つかり|存在|不明)|見つかりません|存在しません|宛先不明|リストにありません|"
            r"不存在|无此用户|用户不存在|查无此人",
        ),
    ),
    (
        EXPIRED,
        _any(
            r"expired|retry time(?:out)?|time limit|for too long|too long in|undelivered after|"
            r"been in the queue|delivery time|retries|delivery attempts|"
            r"(?:for|within|after) .{0,12}\d+ (?:min|hour|day|attempt)|failed \d+ attempts|failing for a long time",
            r"ист[её]к|в течение .{0,20}(?:дн|час|сут)|превышен\w* врем|zeitüberschreitung|"
            r"délai|expir[óoé]|plazo|prazo|scadut|期限",
        ),
    ),
    (
        "5.4.4",
        _any(
            r"\bdns\b|\bmx\b|name ?server|lookup (?:fail|error)|host ?name lookup|unable to (?:resolve|look ?up)|"
            r"cannot resolve|could ?n.t (?:be )?resolve|no relevant answers|ошибк\w+ dns",
        ),
    ),
    (
        "4.4.1",
        _any(
            r"connection (?:refused|reset|time|was (?:refused|dropped)|lost|dropped|failed|closed|attempt)|"
            r"connect(?:ion)? to |smtp connection|"
            r"host .{0,20}(?:down|unreachable|not reachable|not respond)|no route to host|network .{0,10}unreachable|"
            r"able to establish|could ?n.t (?:connect|establish)|could not connect|"
            r"not respond|no (?:answer|response) from|"
            r"timed? ?-?out|did not accept our requests|unreachable|socket|broken pipe|lost conn|"
            r"соединени|не отвечает|недоступ|nicht erreichbar|verbindung|connexion|conexión|conexão|connessione|接続",
        ),
    ),
    (
        "5.1.3",
        _any(
            r"(?:malformed|misformatted|badly formed|syntax\w*) .{0,20}address|address .{0,20}syntax|syntax error|"
            r"domain missing|missing .{0,10}domain|angle-brackets",
        ),
    ),
    ("4.5.3", _any(r"too many recipients|reciplimit|recipient limit")),
    (
        "4.7.1",
        _any(
            r"gr[ea]y-?list|try (?:again )?later|too many (?:connections|messages|errors|mails)|rate ?limit|throttl|"
            r"temporar|deferred|too (?:busy|fast|much)|service (?:is )?(?:currently )?unavailable|resources|"
            r"exceeded .{0,30}(?:limit|rate)|временно|vorübergehend|temporaire|一時的|频率",
        ),
    ),
    (
        "5.3.0",
        _any(
            r"local (?:delivery|configuration) (?:failed|error)|(?:mailer|system|internal|server|i/o) (?:\w+ )?error"
        ),
    ),
)
_BY_REPLY = {
    "552": MAILBOX_FULL,
    "553": "5.1.3",
    "421": "4.4.2",
    "551": "5.1.6",
    "556": "5.1.10",
    "530": "5.7.0",
}


def find_status(text: str) -> str:
    """Return the enhanced status code that stands in a text, or an empty text."""
    generic = ""
    for match in _ENHANCED.finditer(text[:_MAX_READ]):
        code = ".".join(match.groups())
        if not is_generic(code):
            return code
        generic = generic or code
    return generic


def find_reply_code(text: str) -> str:
    """Return the first refusing reply code (RFC 5321) in a text, or an empty text."""
    match = _REPLY.search(text[:_MAX_READ])
    return match.group(1) if match else ""


def status_from_words(text: str) -> str:
    """Return the status that the words of a refusal mean, or an empty text if they say nothing known."""
    read = text[:_MAX_READ].replace("’", "'")
    return next((status for status, words in _WORDS if words.search(read)), "")


def is_generic(status: str) -> bool:
    """Tell whether a status says no more than yes or no."""
    return not status or status.endswith(".0.0")


def refine_status(status: str, reason: str) -> str:
    """Return the best status for a refusal: as given, else by the codes of its reason, else by its words."""
    found = find_status(reason)
    if not is_generic(status):
        return _with_detail(status, found, reason)
    if not is_generic(found):
        return found
    told = status or found
    reply = find_reply_code(reason)
    by_words = status_from_words(reason)
    if by_words:
        return _of_class(by_words, told[:1] or reply[:1])
    if reply in _BY_REPLY:
        return _BY_REPLY[reply]
    return told or (f"{reply[0]}.0.0" if reply else "")


def _with_detail(status: str, found: str, reason: str) -> str:
    """Return a status whose detail is open (x.y.0) with the one that the refusing server itself gave."""
    if not status.endswith(".0"):
        return status
    if found and found[0] == status[0] and not found.endswith(".0"):
        return found
    return MAILBOX_FULL if status_from_words(reason) == MAILBOX_FULL else status


def _of_class(status: str, severity: str) -> str:
    """Keep the class that the server gave, but for causes that are temporary or final by their nature."""
    if severity not in {"4", "5"} or status in {MAILBOX_FULL, EXPIRED, UNKNOWN_USER, "5.1.2"}:
        return status
    return severity + status[1:]


def is_permanent(status: str, *, action: str) -> bool:
    """Tell whether sending again would change nothing; a full mailbox may be emptied."""
    if action != "failed":
        return False
    # Time ran out, or the mailbox is full, whatever class the server gave it: the next mail may find the way.
    return not status.startswith("4") and status not in {"5.4.7", "5.2.2"}
