"""How mail programs write in the world's languages: introductions, heads of older mails, what they append, closings."""

INTROS = {
    "gmail-en": "On Tue, Nov 3, 2026 at 10:11 AM Anna Kern <anna@example.org> wrote:",
    "gmail-en-old": "On 3 November 2026 10:11, Anna Kern <anna@example.org> wrote:",
    "gmail-en-wrapped": (
        "On Tue, Nov 3, 2026 at 10:11 AM Anna Katharina von Kern-Hohenfels <\nanna@example.org> wrote:"
    ),
    "gmail-en-wrapped-early": "On Tue,\nNov 3, 2026 at 10:11 AM Anna Kern <anna@example.org>\nwrote:",
    "gmail-en-three-lines": (
        "On Tue, Nov 3, 2026 at 10:11 AM\nAnna Katharina von Kern-Hohenfels\n<anna@example.org> wrote:"
    ),
    "gmail-iso": "2026-11-03 10:11 GMT+01:00 Anna Kern <anna@example.org>:",
    "gmail-iso-no-colon": "2026/11/3 Anna Kern <anna@example.org>",
    "gmail-ru": "вт, 3 нояб. 2026 г. в 10:11, Анна Керн <anna@example.org>:",
    "gmail-ru-old": "3 ноября 2026 г., 10:11 пользователь Анна Керн <anna@example.org> написал:",
    "gmail-ru-no-address": "вторник, 3 ноября 2026 г. пользователь Анна Керн написал:",
    "gmail-uk": "вт, 3 лист. 2026 р. о 10:11 Анна Керн <anna@example.org> пише:",
    "gmail-be": "аўт, 3 ліс 2026 г. у 10:11 Анна Керн <anna@example.org> напісаў:",
    "gmail-bg": "На вт, 3.11.2026 г. в 10:11 Анна Керн <anna@example.org> написа:",
    "gmail-de": "Am Di., 3. Nov. 2026 um 10:11 Uhr schrieb Anna Kern <anna@example.org>:",
    "gmail-de-name-first": "Anna Kern <anna@example.org> schrieb am Di., 3. Nov. 2026, 10:11:",
    "gmail-fr": "Le mar. 3 nov. 2026 à 10:11, Anna Kern <anna@example.org> a écrit :",
    "gmail-es": "El mar, 3 nov 2026 a las 10:11, Anna Kern (<anna@example.org>) escribió:",
    "gmail-it": "Il giorno mar 3 nov 2026 alle ore 10:11 Anna Kern <anna@example.org> ha scritto:",
    "gmail-pt": "Em ter., 3 de nov. de 2026 às 10:11, Anna Kern <anna@example.org> escreveu:",
    "gmail-nl": "Op di 3 nov 2026 om 10:11 schreef Anna Kern <anna@example.org>:",
    "gmail-pl": "wt., 3 lis 2026 o 10:11 Anna Kern <anna@example.org> napisał(a):",
    "gmail-tr": "Anna Kern <anna@example.org>, 3 Kas 2026 Sal, 10:11 tarihinde şunu yazdı:",
    "gmail-sv": "Den tis 3 nov. 2026 kl 10:11 skrev Anna Kern <anna@example.org>:",
    "gmail-da": "Den tir. 3. nov. 2026 kl. 10.11 skrev Anna Kern <anna@example.org>:",
    "gmail-nb": "tir. 3. nov. 2026 kl. 10:11 skrev Anna Kern <anna@example.org>:",
    "gmail-fi": "ti 3. marrask. 2026 klo 10.11 Anna Kern (anna@example.org) kirjoitti:",
    "gmail-cs": "út 3. 11. 2026 v 10:11 odesílatel Anna Kern <anna@example.org> napsal:",
    "gmail-sk": "ut 3. 11. 2026 o 10:11 Anna Kern <anna@example.org> napísal(a):",
    "gmail-hu": "Anna Kern <anna@example.org> ezt írta (időpont: 2026. nov. 3., K, 10:11):",
    "gmail-ro": "În mar., 3 nov. 2026 la 10:11, Anna Kern <anna@example.org> a scris:",
    "gmail-hr": "uto, 3. stu 2026. u 10:11 Anna Kern <anna@example.org> napisao je:",
    "gmail-el": "Στις Τρί 3 Νοε 2026 στις 10:11 π.μ., ο χρήστης Anna Kern <anna@example.org> έγραψε:",
    "gmail-zh": "Anna Kern <anna@example.org> 于2026年11月3日周二 10:11写道：",
    "gmail-zh-tw": "Anna Kern <anna@example.org> 於 2026年11月3日 週二 上午10:11寫道：",
    "gmail-ja": "2026年11月3日(火) 10:11 Anna Kern <anna@example.org>:",
    "gmail-ko": "2026년 11월 3일 (화) 오전 10:11, Anna Kern <anna@example.org>님이 작성:",
    "gmail-vi": "Vào Th 3, 3 thg 11, 2026 vào lúc 10:11 Anna Kern <anna@example.org> đã viết:",
    "gmail-id": "Pada tanggal Sel, 3 Nov 2026 pukul 10.11 Anna Kern <anna@example.org> menulis:",
    "apple-en": "On Nov 3, 2026, at 10:11 AM, Anna Kern <anna@example.org> wrote:",
    "apple-en-gb": "On 3 Nov 2026, at 10:11, Anna Kern <anna@example.org> wrote:",
    "apple-no-address": "On Nov 3, 2026, at 10:11 AM, Anna Kern wrote:",
    "apple-old": "On 3-Nov-2026, at 10:11 AM, Anna Kern <anna@example.org> wrote:",
    "apple-ru": "3 нояб. 2026 г., в 10:11, Анна Керн <anna@example.org> написал(а):",
    "apple-ru-old": "03 нояб. 2026 г., в 10:11, Анна Керн <anna@example.org> написал(а):",
    "apple-ru-short": "3 ноября 2026, в 10:11, Анна Керн <anna@example.org> написала:",
    "apple-de": "Am 03.11.2026 um 10:11 schrieb Anna Kern <anna@example.org>:",
    "apple-fr": "Le 3 nov. 2026 à 10:11, Anna Kern <anna@example.org> a écrit :",
    "apple-es": "El 3 nov 2026, a las 10:11, Anna Kern <anna@example.org> escribió:",
    "apple-it": "Il giorno 3 nov 2026, alle ore 10:11, Anna Kern <anna@example.org> ha scritto:",
    "apple-nl": "Op 3 nov. 2026, om 10:11 heeft Anna Kern <anna@example.org> het volgende geschreven:",
    "apple-pl": "Dnia 3 lis 2026, o godz. 10:11, Anna Kern <anna@example.org> napisał(a):",
    "apple-sv": "3 nov. 2026 kl. 10:11 skrev Anna Kern <anna@example.org>:",
    "apple-ja": "2026/11/03 10:11、Anna Kern <anna@example.org>のメール:",
    "apple-zh": "在 2026年11月3日，上午10:11，Anna Kern <anna@example.org> 写道：",
    "thunderbird-en": "On 03.11.2026 10:11, Anna Kern wrote:",
    "thunderbird-en-us": "On 11/3/26 10:11 AM, Anna Kern wrote:",
    "thunderbird-en-at": "On 11/3/2026 at 10:11 AM, Anna Kern wrote:",
    "thunderbird-ru": "03.11.2026 10:11, Анна Керн пишет:",
    "thunderbird-de": "Am 03.11.2026 um 10:11 schrieb Anna Kern:",
    "thunderbird-fr": "Le 03/11/2026 à 10:11, Anna Kern a écrit :",
    "thunderbird-es": "El 03/11/2026 a las 10:11, Anna Kern escribió:",
    "thunderbird-it": "Il 03/11/2026 10:11, Anna Kern ha scritto:",
    "thunderbird-pt": "Em 03/11/2026 10:11, Anna Kern escreveu:",
    "thunderbird-nl": "Op 3-11-2026 om 10:11 schreef Anna Kern:",
    "thunderbird-pl": "W dniu 03.11.2026 o 10:11, Anna Kern pisze:",
    "thunderbird-cs": "Dne 03.11.2026 v 10:11 Anna Kern napsal(a):",
    "thunderbird-uk": "03.11.26 10:11, Анна Керн пише:",
    "thunderbird-sv": "Den 2026-11-03 kl. 10:11, skrev Anna Kern:",
    "thunderbird-da": "Den 03.11.2026 kl. 10.11 skrev Anna Kern:",
    "thunderbird-fi": "Anna Kern kirjoitti 3.11.2026 klo 10.11:",
    "thunderbird-hu": "2026. 11. 03. 10:11 keltezéssel, Anna Kern írta:",
    "thunderbird-tr": "3.11.2026 10:11 tarihinde Anna Kern yazdı:",
    "yandex": '03.11.2026, 10:11, "Анна Керн" <anna@example.org>:',
    "yandex-rule": '----------------\n03.11.2026, 10:11, "Анна Керн" <anna@example.org>:',
    "yandex-labels": (
        '----------------\nКому: Окно (support@okno.example);\nТема: Принтер;\n03.11.2026, 10:11, "Анна '
        'Керн" <anna@example.org>:'
    ),
    "yandex-unquoted-name": "03.11.2026, 10:11, Анна Керн <anna@example.org>:",
    "yandex-no-address": '03.11.2026, 10:11, "Анна Керн":',
    "yandex-old": '03.11.2026 10:11, "Анна Керн" <anna@example.org> пишет:',
    "mail.ru": "Вторник, 3 ноября 2026, 10:11 +03:00 от Анна Керн <anna@example.org>:",
    "mail.ru-wrapped": "Вторник, 3 ноября 2026, 10:11 +03:00 от\nАнна Керн <anna@example.org>:",
    "mail.ru-quoted-name": 'Вторник, 3 ноября 2026, 10:11 +03:00 от "Анна Керн" <anna@example.org>:',
    "the-bat-ru": "Вы писали 3 ноября 2026 г., 10:11:12:",
    "the-bat-en": "On Tuesday, November 3, 2026, 10:11:12 AM, you wrote:",
    "roundcube-en": "On 2026-11-03 10:11, Anna Kern wrote:",
    "roundcube-ru": "Анна Керн писал 2026-11-03 10:11:",
    "yahoo": "On Tuesday, November 3, 2026, 10:11:12 AM EST, Anna Kern <anna@example.org> wrote:",
    "yahoo-ru": "вторник, 3 ноября 2026 г. в 10:11:12 GMT+3, Анна Керн <anna@example.org> написал(а):",
    "proton": "On Tuesday, November 3rd, 2026 at 10:11 AM, Anna Kern <anna@example.org> wrote:",
    "zoho": "---- On Tue, 03 Nov 2026 10:11:12 +0300 Anna Kern <anna@example.org> wrote ----",
    "spark": "On Nov 3, 2026 at 10:11 +0300, Anna Kern <anna@example.org>, wrote:",
    "hey": "On November 3, 2026, Anna Kern <anna@example.org> wrote:",
    "evolution": "On Tue, 2026-11-03 at 10:11 +0300, Anna Kern wrote:",
    "mutt": "On Tue, Nov 03, 2026 at 10:11:12AM +0300, Anna Kern wrote:",
    "horde": "Quoting Anna Kern <anna@example.org>:",
    "horde-de": "Zitat von Anna Kern <anna@example.org>:",
    "netease": 'At 2026-11-03 10:11:12, "Anna Kern" <anna@example.org> wrote:',
    "netease-zh": '在 2026-11-03 10:11:12，"Anna Kern" <anna@example.org> 写道：',
    "eudora": "At 10:11 AM 11/3/2026, Anna Kern wrote:",
    "rfc822-date": "Tue, 3 Nov 2026 10:11:12 +0300 Anna Kern <anna@example.org>:",
    "samsung": "Anna Kern <anna@example.org> wrote:",
    "bracketed": "Anna Kern (anna@example.org) wrote:",
    "mailto": "On Nov 3, 2026, at 10:11, Anna Kern [mailto:anna@example.org] wrote:",
    "zoho-escaped": "---- On Tue, 03 Nov 2026 10:11:12 +0300 Anna Kern&lt;anna@example.org&gt; wrote ----",
    "fastmail": "On Tue, Nov 3, 2026, at 10:11 AM, anna_kern wrote:",
    "user-name-es": "El martes, 3 de noviembre de 2026, annakern escribió:",
    "via": "On Tuesday, November 3, 2026, annakern via Okno wrote:",
    "via-only": "annakern via Okno wrote:",
    "via-address": "annakern via Okno <support@okno.example> schrieb:",
    "gmail-iso-no-address": "2026-11-03 10:11 GMT+03:00 Anna Kern",
    "gmail-ru-wrapped": '03.11.2026 10:11 пользователь "anna@example.org" <\nanna@example.org> написал:',
    "gmail-uk-bare-address": '3 лист. 2026 р. 10:11 "Анна" anna@example.org пише:',
    "gmail-pl-quoted-name": '3 lis 2026 10:11 "Anna Kern" <anna@example.org> napisał(a):',
    "gmail-blank-line-inside": "On Tue, Nov 3, 2026 at 10:11 AM Anna Kern\n\n<anna@example.org> wrote:",
    "posted-by": "Posted by annakern on 11/03/2026",
    "eudora-you": "At 11/3/2026 10:11 AM, you wrote:",
    "usenet": "In message <x.1@example.org> Anna Kern writes:",
    "samsung-odd": "Sent from Samsung Mobile Anna <anna@example.org> wrote:",
    "aol": "In a message dated 11/3/2026 10:11:12 A.M. Eastern Standard Time, anna@example.org writes:",
    "zimbra": "----- On Nov 3, 2026, at 10:11 AM, Anna Kern anna@example.org wrote:",
    "apple-narrow-blank": "On Nov 3, 2026, at 10:11\u202fAM, Anna Kern <anna@example.org> wrote:",
    "gmail-he": (
        "\u202bבתאריך יום ג׳, 3 בנוב׳ 2026 ב-10:11 מאת \u202aAnna\u202c\u200f "
        "<\u202aanna@example.org\u202c\u200f>:\u202c"
    ),
    "gmail-ar": (
        "في الثلاثاء، ٣ نوفمبر ٢٠٢٦ في 10:11 ص تمت كتابة ما يلي بواسطة \u202aAnna\u202c\u200f "
        "<\u202aanna@example.org\u202c\u200f>:"
    ),
    "k9-en": "On November 3, 2026 10:11:12 AM GMT+01:00, Anna Kern <anna@example.org> wrote:",
    "k9-de": "Am 3. November 2026 10:11:12 MEZ schrieb Anna Kern <anna@example.org>:",
    "k9-ru": "3 ноября 2026 г. 10:11:12 GMT+03:00, Анна Керн <anna@example.org> пишет:",
    "claws": "On Tue, 3 Nov 2026 10:11:12 +0300\nAnna Kern <anna@example.org> wrote:",
    "mutt-brackets": "* Anna Kern <anna@example.org> [2026-11-03 10:11]:",
    "the-bat-en-old": "Tuesday, November 3, 2026, 10:11:12 AM, you wrote:",
    "yahoo-old": "--- On Tue, 11/3/26, Anna Kern <anna@example.org> wrote:",
    "gmail-fr-ca": "Le mar. 3 nov. 2026, à 10 h 11, Anna Kern <anna@example.org> a écrit :",
    "gmail-pl-w-dniu": "W dniu wt., 3.11.2026 o 10:11 Anna Kern <anna@example.org> napisał(a):",
    "gmail-nl-name-first": "Anna Kern <anna@example.org> schreef op di 3 nov. 2026 10:11:",
    "bold": "*On Tue, Nov 3, 2026 at 10:11 AM Anna Kern <anna@example.org> wrote:*",
}

ONLY_IF_QUOTED = {
    "name-wrote": "Anna Kern wrote:",
    "name-ru": "Анна Керн написал(а):",
    "name-ru-present": "Анна Керн пишет:",
    "gmail-th": "ในวันที่ อ. 3/11/2026 เวลา 10:11 Anna Kern <anna@example.org> เขยน:",
    "name-de": "Anna Kern schrieb:",
    "date-and-name": "03.11.2026 10:11, Анна Керн:",
}

HEADS = {
    "outlook-en": (
        "From: Anna Kern <anna@example.org>\nSent: Tuesday, November 3, 2026 10:11 AM\nTo: "
        "Okno\nSubject: Printer"
    ),
    "outlook-en-no-address": "From: Anna Kern\nSent: Tuesday, November 3, 2026 10:11 AM\nTo: Okno\nSubject: Printer",
    "outlook-bold": "*From:* Anna Kern <anna@example.org>\n*Sent:* Tuesday\n*To:* Okno\n*Subject:* Printer",
    "outlook-cc": (
        "From: Anna Kern\nSent: 3 November 2026 10:11\nTo: Okno; Bob\nCc: Carl;\n Dora; Emil\nSubject: "
        "RE: Printer"
    ),
    "outlook-rule": (
        "________________________________\nFrom: Anna Kern <anna@example.org>\nSent: Tuesday\nTo: "
        "Okno\nSubject: x"
    ),
    "outlook-rule-cut": (
        "________________________________\nFrom: Anna Kern <anna@example.org>\nSent: Tuesday, 3 November 2026"
    ),
    "outlook-original": "-----Original Message-----\nFrom: Anna Kern\nSent: Tuesday\nTo: Okno\nSubject: Printer",
    "outlook-original-mailto": "-----Original Message-----\nFrom: Anna Kern [mailto:anna@example.org]\nSent: Tuesday",
    "outlook-ru": "От: Анна Керн <anna@example.org>\nОтправлено: 3 ноября 2026 г. 10:11\nКому: Окно\nТема: Принтер",
    "outlook-ru-bold": "*От:* Анна Керн\n*Отправлено:* 3 ноября 2026 г. 10:11\n*Кому:* Окно\n*Тема:* Принтер",
    "outlook-ru-original": "-----Исходное сообщение-----\nОт: Анна Керн\nОтправлено: 3 ноября",
    "outlook-express-ru": (
        "----- Исходное сообщение -----\nОт: Анна Керн\nКому: Окно\nОтправлено: 3 ноября 2026\nТема: Принтер"
    ),
    "outlook-ru-from-whom": "От кого: Анна Керн <anna@example.org>\nДата: 3 ноября 2026\nКому: Окно\nТема: Принтер",
    "outlook-uk": "Від: Анна Керн <anna@example.org>\nНадіслано: 3 листопада 2026\nКому: Вікно\nТема: Принтер",
    "outlook-de": (
        "Von: Anna Kern <anna@example.org>\nGesendet: Dienstag, 3. November 2026 10:11\nAn: "
        "Okno\nBetreff: Drucker"
    ),
    "outlook-de-original": (
        "-----Ursprüngliche Nachricht-----\nVon: Anna Kern\nGesendet: Dienstag\nAn: Okno\nBetreff: Drucker"
    ),
    "outlook-fr": (
        "De : Anna Kern <anna@example.org>\nEnvoyé : mardi 3 novembre 2026 10:11\nÀ : Okno\nObjet : "
        "Imprimante"
    ),
    "outlook-fr-original": "-----Message d'origine-----\nDe : Anna Kern\nEnvoyé : mardi",
    "outlook-es": (
        "De: Anna Kern <anna@example.org>\nEnviado el: martes, 3 de noviembre de 2026 10:11\nPara: "
        "Okno\nAsunto: Impresora"
    ),
    "outlook-it": (
        "Da: Anna Kern <anna@example.org>\nInviato: martedì 3 novembre 2026 10:11\nA: Okno\nOggetto: "
        "Stampante"
    ),
    "outlook-pt": (
        "De: Anna Kern <anna@example.org>\nEnviada em: terça-feira, 3 de novembro de 2026\nPara: "
        "Okno\nAssunto: x"
    ),
    "outlook-nl": (
        "Van: Anna Kern <anna@example.org>\nVerzonden: dinsdag 3 november 2026 10:11\nAan: "
        "Okno\nOnderwerp: Printer"
    ),
    "outlook-pl": (
        "Od: Anna Kern <anna@example.org>\nWysłano: wtorek, 3 listopada 2026 10:11\nDo: Okno\nTemat: Drukarka"
    ),
    "outlook-cs": (
        "Od: Anna Kern <anna@example.org>\nOdesláno: úterý 3. listopadu 2026\nKomu: Okno\nPředmět: Tiskárna"
    ),
    "outlook-sv": (
        "Från: Anna Kern <anna@example.org>\nSkickat: den 3 november 2026 10:11\nTill: Okno\nÄmne: Skrivare"
    ),
    "outlook-da": "Fra: Anna Kern <anna@example.org>\nSendt: 3. november 2026 10:11\nTil: Okno\nEmne: Printer",
    "outlook-fi": (
        "Lähettäjä: Anna Kern <anna@example.org>\nLähetetty: 3. marraskuuta 2026\nVastaanottaja: "
        "Okno\nAihe: x"
    ),
    "outlook-tr": (
        "Kimden: Anna Kern <anna@example.org>\nGönderildi: 3 Kasım 2026 Salı 10:11\nKime: Okno\nKonu: Yazıcı"
    ),
    "outlook-hu": (
        "Feladó: Anna Kern <anna@example.org>\nElküldve: 2026. november 3., kedd\nCímzett: Okno\nTárgy: "
        "Nyomtató"
    ),
    "outlook-zh": "发件人: Anna Kern <anna@example.org>\n发送时间: 2026年11月3日 10:11\n收件人: Okno\n主题: 打印机",
    "outlook-zh-wide": "发件人：Anna <anna@example.org>\n发送时间：2026年11月3日 10:11\n收件人：Okno\n主题：打印机",
    "outlook-ja": "差出人: Anna Kern <anna@example.org>\n送信日時: 2026年11月3日 10:11\n宛先: Okno\n件名: プリンター",
    "outlook-ko": "보낸 사람: Anna Kern <anna@example.org>\n보낸 날짜: 2026년 11월 3일\n받는 사람: Okno\n제목: 프린터",
    "qq": "------------------ 原始邮件 ------------------\n发件人: Anna <anna@example.org>\n发送时间: 2026年11月3日",
    "outlook-mac": (
        "From: Anna Kern <anna@example.org>\nDate: Tuesday, 3 November 2026 at 10:11\nTo: "
        "Okno\nSubject: Printer"
    ),
    "windows-mail": "From: Anna Kern\nSent: Tuesday, 3 November 2026 10:11\nTo: Okno",
    "hotmail": (
        "Date: Tue, 3 Nov 2026 10:11:12 +0300\nSubject: Printer\nFrom: anna@example.org\nTo: "
        "support@okno.example"
    ),
    "express": (
        '----- Original Message -----\nFrom: "Anna Kern" <anna@example.org>\nTo: '
        "<support@okno.example>\nSent: Tuesday"
    ),
    "samsung": (
        "-------- Original message --------\nFrom: Anna Kern <anna@example.org>\nDate: 03/11/2026 10:11 "
        "(GMT+03:00)"
    ),
    "samsung-ru": (
        "-------- Исходное сообщение --------\nОт: Анна Керн <anna@example.org>\nДата: 03.11.2026 10:11 "
        "(GMT+03:00)"
    ),
    "thunderbird-forward": (
        "-------- Forwarded Message --------\nSubject: Printer\nDate: Tue, 3 Nov 2026\nFrom: Anna Kern"
    ),
    "gmail-forward": (
        "---------- Forwarded message ---------\nFrom: Anna Kern <anna@example.org>\nDate: Tue, Nov 3, 2026"
    ),
    "yandex-forward": '-------- Пересылаемое сообщение --------\n03.11.2026, 10:11, "Анна" <anna@example.org>:',
    "mail.ru-forward": "-------- Пересылаемое сообщение --------\nОт кого: Анна <anna@example.org>\nКому: Окно",
    "apple-forward": (
        "Begin forwarded message:\n\nFrom: Anna Kern <anna@example.org>\nSubject: Printer\nDate: 3 "
        "November 2026"
    ),
    "apple-forward-ru": (
        "Начало переадресованного сообщения:\n\nОт: Анна <anna@example.org>\nТема: Принтер\nДата: 3 "
        "ноября 2026"
    ),
    "proton": (
        "------- Original Message -------\nOn Tuesday, November 3rd, 2026 at 10:11 AM, Anna "
        "<anna@example.org> wrote:"
    ),
    "notes": "Anna Kern/Support/Okno\n03/11/2026 10:11 AM\n\nTo\nOkno\ncc\n\nSubject\nPrinter",
    "gmx": "Gesendet: Dienstag, 03. November 2026 um 10:11 Uhr\nVon: Anna <anna@example.org>\nAn: Okno\nBetreff: x",
    "sfr": "========================\n\nMessage du : 03/11/2026 10:11\nDe : Anna <anna@example.org>\nA : x\nObjet : y",
    "inotes": "Anna Kern ---03.11.2026 10:11:12---Hello Bob,\n\nFrom:\tAnna Kern/Okno\nTo:\tBob",
    "notes-two": "Anna Kern/Okno\n03/11/2026 10:11 AM\n\nTo: Bob\ncc:\nSubject: Printer",
    "groupwise": ">>> Anna Kern <anna@example.org> 11/3/2026 10:11 AM >>>",
    "notes-de": "Anna Kern <anna@example.org>\n03.11.2026 10:11\n\nAn\nOkno\nKopie\n\nThema\nDrucker",
    "notes-labels": "From:\tAnna Kern/Okno\nSent by:\tBob\nTo:\tOkno\nDate:\t03/11/2026 10:11\nSubject:\tPrinter",
    "one-line": "From: Anna Kern <anna@example.org> Sent: Tuesday, 3 November 2026 To: Okno Subject: Printer",
    "one-line-ru": "От: Анна <anna@example.org> Отправлено: 3 ноября 2026 Кому: Окно Тема: Принтер",
    "notes-forward": "----- Forwarded by Anna Kern/Support on 03.11.2026 10:11 -----\nold",
    "zendesk": "##- Please type your reply above this line -##\n\nYour request has been updated.",
    "above-this-line": "--- Reply above this line ---\nYour request has been updated.",
    "above-this-line-ru": "--- Пожалуйста, пишите ответ выше этой линии ---\nВаша заявка обновлена.",
    "blank-lines-between": "From: Anna Kern <anna@example.org>\n\nSent: Tuesday\n\nTo: Okno\n\nSubject: Printer",
}

FOOTERS = {
    "iphone-en": "Sent from my iPhone",
    "ipad-en": "Sent from my iPad",
    "android-en": "Sent from my Android device with K-9 Mail. Please excuse my brevity.",
    "galaxy": "Sent from my Samsung Galaxy smartphone.",
    "galaxy-carrier": "Sent from my Verizon, Samsung Galaxy smartphone",
    "blackberry": "Sent from my BlackBerry 10 smartphone on the Vodafone network.",
    "blackberry-via": "Sent via BlackBerry from T-Mobile",
    "outlook-ios": "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "outlook-android": "Get Outlook for Android",
    "outlook-sent": "Sent from Outlook for Android",
    "windows": "Sent from Mail for Windows 10",
    "yahoo-en": "Sent from Yahoo Mail on Android",
    "yahoo-link": "Sent from Yahoo Mail for iPhone<https://overview.mail.example/?.src=iOS>",
    "proton": "Sent with Proton Mail secure email.",
    "airmail": "Sent with Airmail",
    "mailbox": "Sent from Mailbox for iPhone",
    "sparrow": "Sent with Sparrow",
    "superhuman": "Sent via Superhuman",
    "markdown": "[Sent from my iPhone](https://phone.example/)",
    "angles": "<<sent by galaxy>>",
    "from-my": "From my iPhone 6",
    "name-from-mobile": "Nik from mobile",
    "brackets": "(sent from my phone)",
    "iphone-ru": "Отправлено с iPhone",
    "iphone-ru-my": "Отправлено с моего iPhone",
    "ipad-ru": "Отправлено с iPad",
    "android-ru": "Отправлено с Android",
    "yandex": "Отправлено из мобильной Яндекс Почты",
    "yandex-link": "Отправлено из мобильной Яндекс.Почты: http://m.ya.ru/ymail",
    "mail.ru": "Отправлено из мобильной Почты Mail.ru",
    "mail.ru-android": "Отправлено из Mail.ru для Android",
    "samsung-ru": "Отправлено с устройства Samsung",
    "outlook-ru": "Отправлено из Outlook для iOS",
    "outlook-get-ru": "Получить Outlook для iOS<https://aka.ms/o0ukef>",
    "windows-ru": "Отправлено из Почты для Windows",
    "iphone-uk": "Надіслано з iPhone",
    "iphone-de": "Von meinem iPhone gesendet",
    "windows-de": "Gesendet von Mail für Windows",
    "gmx-de": "Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.",
    "outlook-de": "Outlook für Android beziehen",
    "iphone-fr": "Envoyé de mon iPhone",
    "yahoo-fr": "Envoyé depuis Yahoo Mail",
    "outlook-fr": "Télécharger Outlook pour Android",
    "iphone-es": "Enviado desde mi iPhone",
    "iphone-pt": "Enviado do meu iPhone",
    "iphone-it": "Inviato da iPhone",
    "iphone-nl": "Verstuurd vanaf mijn iPhone",
    "samsung-nl": "Verzonden vanaf mijn Samsung-apparaat",
    "iphone-pl": "Wysłane z iPhone'a",
    "iphone-sv": "Skickat från min iPhone",
    "iphone-nb": "Sendt fra min iPhone",
    "iphone-fi": "Lähetetty iPhonesta",
    "iphone-cs": "Odesláno z iPhonu",
    "iphone-tr": "iPhone'umdan gönderildi",
    "iphone-ja": "iPhoneから送信",
    "iphone-zh": "发自我的iPhone",
    "iphone-zh-tw": "從我的 iPhone 傳送",
    "iphone-ko": "나의 iPhone에서 보냄",
    "avast-en": "Virus-free. www.avast.com",
    "avast-ru": "Без вирусов. www.avast.ru",
    "avast-link": "Без вирусов.www.avast.com <https://www.avast.com/sig-email>",
    "avast-de": "Virenfrei. www.avast.com",
}

SIGNATURES = {
    "rfc": "-- \nBob Miller\nHead of Nothing in Particular",
    "rfc-stripped": "--\nBob Miller\nAcme",
    "rfc-long": "-- \n" + "\n".join(f"line {number}" for number in range(20)),
    "mail.ru": "-- \nБорис Мельник\nОтправлено из мобильной Почты Mail.ru",
    "rfc-ru": "-- \nС уважением,\nБорис Мельник\nтел. +7 999 123-45-67",
    "dash-ru": "--\nС уважением, Борис Мельник",
    "long-dash": "—\nБорис Мельник",
    "underscores": "__\nBob Miller\nAcme",
    "rule-and-name": "---\nBob Miller",
    "rule-and-card": "_______________\nBob Miller\nSales Manager, Acme Ltd\n+1 (555) 123-4567\nwww.acme.example",
    "dashed-name": "-Bob",
    "delimiter-and-name": "-- Bob Miller",
    "card-en": "Best regards,\nBob Miller\nSales Manager\nAcme Ltd\nTel: +1 555 123 4567\nbob@acme.example",
    "card-ru": (
        "С уважением,\nБорис Мельник\nМенеджер отдела продаж\nООО «Ромашка»\nтел.: +7 (495) "
        "123-45-67\nwww.romashka.example"
    ),
    "card-ru-one-line": "С уважением, Борис Мельник\n+7 495 123-45-67",
    "card-de": "Mit freundlichen Grüßen\nBodo Müller\nMüller GmbH\nTelefon: 030 1234567",
    "card-fr": "Cordialement,\nBaptiste Meunier\nDirecteur\n01 23 45 67 89",
    "disclaimer": (
        "This e-mail and any attachments are confidential and intended only for the addressee. If you are not the "
        "addressee, delete it."
    ),
    "disclaimer-ru": "Это сообщение и любые вложения являются конфиденциальными и предназначены только для адресата.",
    "disclaimer-ruled": (
        "________________________________\nCONFIDENTIALITY NOTICE: this message is for its addressee only."
    ),
    "list": (
        "_______________________________________________\nUsers mailing "
        "list\nUsers@lists.example\nhttps://lists.example/users"
    ),
    "group": (
        "-- \nYou received this message because you are subscribed to the group.\nTo unsubscribe, send "
        "a mail to us."
    ),
}
