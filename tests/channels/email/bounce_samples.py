"""Delivery reports in the forms of the world's servers, written for the tests."""

from dataclasses import dataclass, field
from textwrap import dedent

GONE = "lost@remote.example"
OTHER = "second@elsewhere.example"
DESK = "support@okno.example"
SENT_ID = "<sent-17@okno.example>"

RETURNED = f"""\
Received: from desk.okno.example by relay.example with ESMTPS; Mon, 3 Nov 2025 10:00:00 +0000
Message-ID: {SENT_ID}
From: Support <{DESK}>
To: {GONE}
Subject: [#17] Printer
Date: Mon, 3 Nov 2025 10:00:00 +0000

We have looked at the printer.
"""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One report that is only words, with its expected reading."""

    name: str
    text: str
    sender: str = "Mail Delivery System <MAILER-DAEMON@relay.example>"
    subject: str = "Undelivered Mail Returned to Sender"
    status: str = "5.1.1"
    permanent: bool = True
    recipients: tuple[str, ...] = (GONE,)
    action: str = "failed"
    headers: dict[str, str] = field(default_factory=dict)
    returns_id: bool = True
    attaches: str = ""
    """Type of a part that holds the returned mail."""
    charset: str = "utf-8"

    def raw(self) -> bytes:
        """Return the mail as the wire has it."""
        head = {"From": self.sender, "To": DESK, "Subject": self.subject, "Message-ID": "<r1@relay.example>"}
        head |= self.headers
        lines = [f"{name}: {value}" for name, value in head.items() if value]
        body = dedent(self.text).strip("\n").replace("@@RETURNED@@", RETURNED)
        if self.attaches:
            lines.append('Content-Type: multipart/mixed; boundary="==b"')
            body = (
                f"--==b\nContent-Type: text/plain; charset={self.charset}\n\n{body}\n"
                f"--==b\nContent-Type: {self.attaches}\n\n{RETURNED}\n--==b--\n"
            )
        else:
            lines.append(f"Content-Type: text/plain; charset={self.charset}")
        text = "\n".join([*lines, "", body, ""])
        return text.replace("\n", "\r\n").encode(self.charset)


WORDS: tuple[Sample, ...] = (
    Sample(
        name="qmail",
        subject="failure notice",
        text=f"""
        Hi. This is the qmail-send program at relay.example.
        I'm afraid I wasn't able to deliver your message to the following addresses.
        This is a permanent error; I've given up. Sorry it didn't work out.

        <{GONE}>:
        198.51.100.7 does not like recipient.
        Remote host said: 550 5.1.1 <{GONE}>: no mailbox of that name
        Giving up on 198.51.100.7.

        --- Below this line is a copy of the message.

        Return-Path: <{DESK}>
        @@RETURNED@@""",
    ),
    Sample(
        name="qmail-full",
        subject="failure notice",
        status="4.2.2",
        permanent=False,
        text=f"""
        Hi. This is the qmail-send program at relay.example.
        I'm afraid I wasn't able to deliver your message to the following addresses.

        <{GONE}>:
        The user's mailbox is full (#5.x)

        --- Below this line is a copy of the message.

        @@RETURNED@@""",
    ),
    Sample(
        name="qmail-two",
        subject="failure notice",
        recipients=(GONE, OTHER),
        text=f"""
        Hi. This is the qmail-send program at relay.example.

        <{GONE}>:
        Sorry, no mailbox here by that name. (#5.1.1)

        <{OTHER}>:
        Sorry, no mailbox here by that name. (#5.1.1)

        --- Below this line is a copy of the message.

        @@RETURNED@@""",
    ),
    Sample(
        name="postfix-words",
        status="5.1.1",
        text=f"""
        This is the mail system at host relay.example.

        I'm sorry to have to inform you that your message could not
        be delivered to one or more recipients. It's attached below.

        For further assistance, please send mail to postmaster.

        <{GONE}>: host mx.remote.example[198.51.100.7] said: 550 5.1.1
            <{GONE}>: Recipient address rejected: User unknown in
            virtual mailbox table (in reply to RCPT TO command)
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="postfix-domain",
        status="5.4.4",
        text=f"""
        This is the mail system at host relay.example.

        I'm sorry to have to inform you that your message could not
        be delivered to one or more recipients.

        <{GONE}>: Host or domain name not found. Name service error for
            name=remote.example type=AAAA: Host not found (#5.4.4)
        """,
        attaches="text/rfc822-headers",
    ),
    Sample(
        name="exim",
        subject="Mail delivery failed: returning message to sender",
        text=f"""
        This message was created automatically by mail delivery software.

        A message that you sent could not be delivered to one or more of its
        recipients. This is a permanent error. The following address(es) failed:

          {GONE}
            SMTP error from remote mail server after RCPT TO:<{GONE}>:
            host mx.remote.example [198.51.100.7]: 550 No such recipient here

        ------ This is a copy of the message, including all the headers. ------

        Return-path: <{DESK}>
        @@RETURNED@@""",
    ),
    Sample(
        name="exim-unrouteable",
        subject="Mail delivery failed: returning message to sender",
        status="5.1.2",
        text=f"""
        This message was created automatically by mail delivery software.

        A message that you sent could not be delivered to one or more of its
        recipients. This is a permanent error. The following address(es) failed:

          {GONE}
            Unrouteable address

        ------ This is a copy of the message's headers. ------

        @@RETURNED@@""",
    ),
    Sample(
        name="exim-delayed",
        subject="Warning: message 1a2b3c-000001-AB delayed 24 hours",
        status="4.4.1",
        action="delayed",
        permanent=False,
        returns_id=False,
        text=f"""
        This message was created automatically by mail delivery software.
        A message that you sent has not yet been delivered to one or more of its
        recipients after more than 24 hours on the queue on relay.example.

        The address to which the message has not yet been delivered is:

          {GONE}
            Delay reason: Connection timed out

        No action is required on your part. Delivery attempts will continue for
        some time.
        """,
    ),
    Sample(
        name="exim-failed-header",
        subject="Mail delivery failed",
        headers={"X-Failed-Recipients": f"{GONE}, {OTHER}"},
        recipients=(GONE, OTHER),
        text=f"""
        This message was created automatically by mail delivery software.

        The following address(es) failed:

          {GONE}
            no such user
          {OTHER}
            no such user

        ------ This is a copy of the message, including all the headers. ------

        @@RETURNED@@""",
    ),
    Sample(
        name="sendmail",
        sender="Mail Delivery Subsystem <MAILER-DAEMON@relay.example>",
        subject="Returned mail: User unknown",
        text=f"""
        The original message was received at Mon, 3 Nov 2025 10:00:00 GMT
        from desk.okno.example [192.0.2.9]

           ----- The following addresses had permanent fatal errors -----
        <{GONE}>

           ----- Transcript of session follows -----
        ... while talking to mx.remote.example.:
        >>> RCPT To:<{GONE}>
        <<< 550 5.1.1 <{GONE}>... User unknown
        550 <{GONE}>... User unknown

           ----- Original message follows -----

        @@RETURNED@@""",
    ),
    Sample(
        name="sendmail-host",
        sender="Mail Delivery Subsystem <MAILER-DAEMON@relay.example>",
        subject="Returned mail: Host unknown (Name server: remote.example: host not found)",
        status="5.1.2",
        text=f"""
           ----- The following addresses had permanent fatal errors -----
        <{GONE}>

           ----- Transcript of session follows -----
        550 <{GONE}>... Host unknown (Name server: remote.example: host not found)

           ----- Message header follows -----

        @@RETURNED@@""",
    ),
    Sample(
        name="sendmail-warning",
        sender="Mail Delivery Subsystem <MAILER-DAEMON@relay.example>",
        subject="Warning: could not send message for past 4 hours",
        status="4.4.7",
        action="delayed",
        permanent=False,
        returns_id=False,
        text=f"""
            **********************************************
            **      THIS IS A WARNING MESSAGE ONLY      **
            **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **
            **********************************************

           ----- The following addresses had transient non-fatal errors -----
        <{GONE}>

           ----- Transcript of session follows -----
        Warning: message still undelivered after 4 hours
        Will keep trying until message is 5 days old
        """,
    ),
    Sample(
        name="exchange-5.5",
        sender="System Administrator <postmaster@exchange.example>",
        subject="Undeliverable: [#17] Printer",
        headers={"X-Mailer": "Internet Mail Service (5.5.2653.19)"},
        returns_id=False,
        text=f"""
        Your message

          To:      {GONE}
          Subject: [#17] Printer
          Sent:    Mon, 3 Nov 2025 10:00:00 -0000

        did not reach the following recipient(s):

        {GONE} on Mon, 3 Nov 2025 10:00:03 -0000
            The recipient name is not recognized
            The MTS-ID of the original message is: c=us;a= ;p=example;l=EX0311031000ABC
            MSEXCH:IMS:Example:HQ:EX 0 (000C05A6) Unknown Recipient
        """,
    ),
    Sample(
        name="exchange-x400",
        sender="System Administrator <postmaster@exchange.example>",
        subject="Undeliverable: [#17] Printer",
        returns_id=False,
        text=f"""
        Your message did not reach the following recipient(s):

        c=US;a= ;p=Example;o=HQ;dda:SMTP={GONE} on Mon, 3 Nov 2025 10:00:03 -0000
            Unable to deliver the message due to a communications failure
            MSEXCH:IMS:Example:HQ:EX 3550 (000B09B6) 550 5.1.1 User unknown
        """,
    ),
    Sample(
        name="exchange-2007-words",
        sender="postmaster@exchange.example",
        subject="Undeliverable: [#17] Printer",
        text=f"""
        Delivery has failed to these recipients or distribution lists:

        {GONE}<mailto:{GONE}>
        The recipient's e-mail address was not found in the recipient's e-mail system.

        Diagnostic information for administrators:

        Generating server: mx.exchange.example

        {GONE}
        #550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##

        Original message headers:

        @@RETURNED@@""",
    ),
    Sample(
        name="exchange-2013-french",
        sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@exchange.example>",
        subject="Non remis : [#17] Printer",
        text=f"""
        Échec de la remise pour ces destinataires ou groupes :

        {GONE}
        L'adresse de messagerie que vous avez entrée est introuvable.

        Informations de diagnostic pour les administrateurs :

        Serveur de génération : mx.exchange.example

        {GONE}
        Remote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found'

        En-têtes de message d'origine :

        @@RETURNED@@""",
    ),
    Sample(
        name="exchange-russian",
        sender="postmaster@exchange.example",
        subject="Не удалось доставить: [#17] Printer",
        text=f"""
        Не удалось доставить сообщение следующим получателям или группам рассылки:

        {GONE}
        Введенный адрес электронной почты не найден. Проверьте адрес и отправьте сообщение еще раз.

        Диагностические сведения для администраторов:

        Создающий сервер: mx.exchange.example

        {GONE}
        #550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##

        Исходные заголовки сообщения:

        @@RETURNED@@""",
    ),
    Sample(
        name="domino",
        sender="Postmaster@notes.example",
        subject="DELIVERY FAILURE: User lost (lost@remote.example) not listed in Domino Directory",
        returns_id=False,
        text=f"""
        Your message

          Subject: [#17] Printer

        was not delivered to:

          {GONE}

        because:

          User lost ({GONE}) not listed in Domino Directory
        """,
    ),
    Sample(
        name="notes",
        sender="Mail Router <mailrouter@notes.example>",
        subject="Undeliverable message",
        text=f"""
        ------- Failure Reasons  --------

        User not listed in public Name & Address Book
        {GONE}

        ------- Returned Message --------

        @@RETURNED@@""",
    ),
    Sample(
        name="gmail",
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject="Delivery Status Notification (Failure)",
        text=f"""
        Delivery to the following recipient failed permanently:

             {GONE}

        Technical details of permanent failure:
        Google tried to deliver your message, but it was rejected by the recipient domain. We recommend
        contacting the other email provider for further information about the cause of this error. The error
        that the other server returned was: 550 550 5.1.1 User unknown (state 14).

           ----- Original message -----

        @@RETURNED@@""",
    ),
    Sample(
        name="gmail-delay",
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject="Delivery Status Notification (Delay)",
        status="4.2.2",
        action="delayed",
        permanent=False,
        returns_id=False,
        text=f"""
        This is an automatically generated Delivery Status Notification

        THIS IS A WARNING MESSAGE ONLY.

        YOU DO NOT NEED TO RESEND YOUR MESSAGE.

        Delivery to the following recipient has been delayed:

             {GONE}

        Message will be retried for 2 more day(s)

        Technical details of temporary failure:
        The error that the other server returned was: 450 450 4.2.2 Mailbox full (state 14).
        """,
    ),
    Sample(
        name="gmail-new",
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject="Delivery Status Notification (Failure)",
        returns_id=False,
        text=f"""
        ** Address not found **

        Your message wasn't delivered to {GONE} because the address couldn't be found, or is unable to
        receive mail.

        Learn more here: https://support.example/answer

        The response from the remote server was:
        550 5.1.1 The email account that you tried to reach does not exist.
        """,
    ),
    Sample(
        name="google-groups",
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject="Delivery Status Notification (Failure)",
        headers={"X-Failed-Recipients": "list@googlegroups.com"},
        recipients=("list@googlegroups.com",),
        status="",
        text="""
        Hello support@okno.example,

        We're writing to let you know that the group you tried to contact (list) may not exist, or you may not
        have permission to post messages to the group.

        ----- Original message -----

        @@RETURNED@@""",
    ),
    Sample(
        name="yahoo",
        sender="MAILER-DAEMON@yahoo.com",
        subject="Failure Notice",
        text=f"""
        Sorry, we were unable to deliver your message to the following address.

        <{GONE}>:
        554: delivery error: dd This user doesn't have a remote.example account ({GONE}) [0]

        --- Below this line is a copy of the message.

        @@RETURNED@@""",
    ),
    Sample(
        name="yahoo-old",
        sender="MAILER-DAEMON@yahoo.com",
        subject="Delivery failure",
        status="5.2.1",
        text=f"""
        Message from yahoo.com.
        Unable to deliver message to the following address(es).

        <{GONE}>:
        Sorry your message cannot be delivered. This account has been disabled or discontinued [#102].

        --- Original message follows.

        @@RETURNED@@""",
    ),
    Sample(
        name="aol-screen-name",
        sender="Mail Delivery Subsystem <MAILER-DAEMON@aol.com>",
        subject="Mail Delivery Problem",
        recipients=("lostname@aol.com",),
        status="4.2.2",
        permanent=False,
        returns_id=False,
        text="""
        Your mail to the following recipients could not be delivered because their mailbox is full:

        lostname

        --- The sending is not repeated.
        """,
    ),
    Sample(
        name="amazon-words",
        sender="MAILER-DAEMON@amazonses.example",
        subject="Delivery Status Notification (Failure)",
        text=f"""
        An error occurred while trying to deliver the mail to the following recipients:
        {GONE}
        """,
        attaches="message/rfc822",
        status="",
    ),
    Sample(
        name="mail.ru",
        sender="mailer-daemon@corp.mail.example",
        subject="Mail failure.",
        headers={"X-Failed-Recipients": GONE},
        text=f"""
        This message was created automatically by mail delivery software.

        A message that you sent could not be delivered to one or more of its
        recipients. This is a permanent error. The following address(es) failed:

          {GONE}
            user not found

        ------ This is a copy of the message, including all the headers. ------

        @@RETURNED@@""",
    ),
    Sample(
        name="mail.ru-russian",
        sender="Почтовая служба <mailer-daemon@mail.example>",
        subject="Ваше сообщение не доставлено. Mail failure.",
        status="4.2.2",
        permanent=False,
        returns_id=False,
        charset="koi8-r",
        text=f"""
        Это письмо создано автоматически сервером. Отвечать на него не нужно.

        К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:

        **********************

        {GONE}
        почтовый ящик получателя переполнен

        **********************
        """,
    ),
    Sample(
        name="yandex-russian",
        sender="mailer-daemon@yandex.example",
        subject="Недоставленное сообщение",
        text=f"""
        Это автоматическое уведомление почтовой системы relay.example.

        К сожалению, письмо не удалось доставить одному или нескольким получателям.

        <{GONE}>: host mx.remote.example[198.51.100.7] said: 550 5.7.1 No such user! (in reply to RCPT TO command)
        """,
        status="5.7.1",
        attaches="message/rfc822",
        charset="utf-8",
    ),
    Sample(
        name="russian-words-only",
        sender="postmaster@relay.example",
        subject="Письмо не доставлено",
        charset="windows-1251",
        returns_id=False,
        text=f"""
        Ваше письмо для адресата {GONE} не было доставлено.
        Причина: пользователь не найден.
        """,
    ),
    Sample(
        name="courier",
        subject="NOTICE: mail delivery status.",
        sender='"Courier mail server at relay.example" <@relay.example>',
        text=f"""
        This is a delivery status notification from relay.example,
        running the Courier mail server, version 0.65.2.

        The original message was received on Mon, 03 Nov 2025 10:00:00 +0000

        UNDELIVERABLE MAIL

        Your message to the following recipients cannot be delivered:

        <{GONE}>:
            mx.remote.example [198.51.100.7]:
        >>> RCPT TO:<{GONE}>
        <<< 550 5.1.1 <{GONE}>... User Unknown
        """,
        attaches="text/rfc822-headers",
    ),
    Sample(
        name="1und1",
        sender='"Mail Delivery System" <mailer-daemon@kundenserver.example>',
        subject="Mail delivery failed: returning message to sender",
        status="5.3.4",
        text=f"""
        This message was created automatically by mail delivery software.

        A message that you sent could not be delivered to one or more of
        its recipients. The following addresses failed:

        {GONE}

        For the following reason:

        Mail size limit exceeded. For explanation visit our pages.

        --- The header of the original message is following. ---

        @@RETURNED@@""",
    ),
    Sample(
        name="gmx",
        sender="GMX Mailer Daemon <mailer-daemon@gmx.example>",
        subject="Mail delivery failed: returning message to sender",
        text=f"""
        This message was created automatically by mail delivery software.

        A message that you sent could not be delivered to one or more of
        its recipients. This is a permanent error. The following address
        failed:

        "{GONE}":
        SMTP error from remote server after RCPT command:
        host: mx.remote.example
        5.1.1 <{GONE}>... User Unknown

        --- The header of the original message is following. ---

        @@RETURNED@@""",
    ),
    Sample(
        name="imail",
        sender="Postmaster <postmaster@imail.example>",
        subject="Undeliverable Mail",
        headers={"X-Mailer": "<SMTP32 v8.22>"},
        text=f"""
        Unknown user: {GONE}

        Original message follows.

        @@RETURNED@@""",
    ),
    Sample(
        name="imail-full",
        sender="Postmaster <postmaster@imail.example>",
        subject="Undeliverable Mail",
        headers={"X-Mailer": "<SMTP32 v8.22>"},
        status="4.2.2",
        permanent=False,
        text=f"""
        User mailbox exceeds allowed size: {GONE}

        Original message follows.

        @@RETURNED@@""",
    ),
    Sample(
        name="imail-attempts",
        sender="Postmaster <postmaster@imail.example>",
        subject="Undeliverable Mail",
        status="4.4.7",
        permanent=False,
        text=f"""
        Delivery failed 20 attempts: {GONE}

        Original message follows.

        @@RETURNED@@""",
    ),
    Sample(
        name="mdaemon",
        sender="MDaemon at relay.example <MDaemon@relay.example>",
        subject="Permanent Delivery Failure",
        returns_id=False,
        text=f"""
        The following addresses did NOT receive a copy of your message:

        > {GONE}

        --- Session Transcript ---
         Mon 2025-11-03 10:00:00: <-- RCPT To:<{GONE}>
         Mon 2025-11-03 10:00:00: --> 550 <{GONE}>, Recipient unknown
        --- End Transcript ---
        """,
    ),
    Sample(
        name="interscan",
        sender='"InterScan MSS" <imss@interscan.example>',
        subject="Mail could not be delivered",
        text=f"""
        ****** Message from InterScan Messaging Security Suite ******

        Sent <<< RCPT TO:<{GONE}>
        Received >>> 550 5.1.1 <{GONE}>... user unknown

        Unable to deliver message to <{GONE}>.
        ************************     End of message     **********************
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="surfcontrol",
        sender="mailer@surf.example",
        subject="Message could not be sent",
        headers={"X-Mailer": "SurfControl E-mail Filter", "X-SEF-Processed": "5_0_0_910__2025_11_03"},
        text=f"""
        Your message could not be sent.
        A transcript of the attempts to send the message follows.
        The number of attempts made: 1
        Addressed To: {GONE}

        Mon 3 Nov 2025 10:00:00 +0000
        Failed to send to identified host,
        {GONE}: [198.51.100.7], 550 {GONE}... No such user
        --- Message non-deliverable.
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="m-filter",
        sender="mailfilter@relay.example",
        subject="failure notice",
        headers={"X-Mailer": "m-FILTER"},
        charset="iso-2022-jp",
        text=f"""
        このメールは自動的に生成して送信しています。
        メールサーバーとの通信中、下記の理由により
        このメールは送信できませんでした。

        以下のメールアドレスへの送信に失敗しました。
        {GONE}


        -------server message
        550 5.1.1 unknown user <{GONE}>

        -------SMTP command
        DATA

        -------original message
        @@RETURNED@@""",
    ),
    Sample(
        name="ezweb",
        sender="<Postmaster@ezweb.ne.jp>",
        subject="Mail System Error - Returned Mail",
        text=f"""
        Each of the following recipients was rejected by a remote
        mail server.

            Recipient: <{GONE}>
            >>> RCPT TO:<{GONE}>
            <<< 550 <{GONE}>: User unknown
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="kddi",
        sender="no-reply@app.kddi.example",
        subject="Mail delivery",
        status="4.2.2",
        permanent=False,
        text=f"""
        Your mail sent on: Mon, 3 Nov 2025 10:00:00 +0900
            Could not be delivered to: <{GONE}>
            As their mailbox is full.
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="docomo-dots",
        sender="mail-daemon@docomo.example",
        subject="Mail System Error - Returned Mail",
        recipients=("two..dots.@docomo.example",),
        text="""
        This Message was undeliverable due to the following reason:

        Each of the following recipients was rejected by a remote mail server.
        The reasons given by the server are included to help you determine why
        each recipient was rejected.

            Recipient: <two..dots.@docomo.example>
            Reason:    Unknown user
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="biglobe",
        sender="postmaster@biglobe.example",
        subject="Returned mail: Service unavailable",
        status="4.2.2",
        permanent=False,
        text=f"""
           ----- The following addresses had delivery problems -----
        {GONE}

           ----- Non-delivered information -----
        The number of messages in recipient's mailbox exceeded the local limit.
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="oracle",
        sender="Internet Mail Delivery <postmaster@sun.example>",
        subject="Delivery Notification: Delivery has failed",
        returns_id=True,
        text=f"""
        This report relates to a message you sent with the following header fields:

          Message-id: {SENT_ID}
          Date: Mon, 03 Nov 2025 10:00:00 +0000
          From: Support <{DESK}>
          To: {GONE}, unharmed@elsewhere.example
          Subject: [#17] Printer

        Your message cannot be delivered to the following recipients:

          Recipient address: {GONE}
          Reason: Remote SMTP server has rejected address
          Diagnostic code: smtp;550 5.1.1 <{GONE}>... User Unknown
          Remote system: dns;mx.remote.example (TCP|192.0.2.9|47323|198.51.100.7|25)
        """,
    ),
    Sample(
        name="james",
        sender="postmaster@james.example",
        subject="[BOUNCE]",
        returns_id=False,
        text=f"""
        Hi. This is the James mail server at james.example.
        I'm afraid I wasn't able to deliver your message to the following addresses.
        This is a permanent error; I've given up. Sorry it didn't work out.

        Error message below:
        550 - Requested action not taken: no such user here

        Message details:
          Subject: [#17] Printer
          Sent date: Mon Nov 03 10:00:00 UTC 2025
          MAIL FROM: {DESK}
          RCPT TO: {GONE}
          From: Support <{DESK}>
          To: {GONE}
          Size (in bytes): 1024
        """,
    ),
    Sample(
        name="verizon-text",
        sender="post_master@vtext.example",
        subject="Undeliverable Message",
        recipients=("5550100@vtext.example",),
        returns_id=False,
        text=f"""
        Error: 550 - Requested action not taken: no such user here

        Message details:
          Subject: Printer
          Sent date: Mon Nov 03 10:00:00 UTC 2025
          MAIL FROM: {DESK}
          RCPT TO: 5550100@vtext.example
        """,
    ),
    Sample(
        name="vzwpix",
        sender="sysadmin@mms.vzwpix.example",
        subject="Undeliverable Message",
        recipients=("5550100@vzwpix.example",),
        returns_id=False,
        text=f"""
        Message could not be delivered to mobile.
        Error: No valid recipients for this MM

        Original Message:
        From: Support <{DESK}>
        To: 5550100@vzwpix.example
        Subject: Printer
        Date: Mon, 3 Nov 2025 10:00:00 +0000
        """,
    ),
    Sample(
        name="zoho",
        sender="mailer-daemon@mail.zoho.example",
        subject="Undelivered Mail Returned to Sender",
        headers={"X-Mailer": "Zoho Mail"},
        returns_id=False,
        text=f"""
        This message was created automatically by mail delivery software.
        A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.

        {GONE} Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 <{GONE}>... User Unknown
        """,
    ),
    Sample(
        name="zoho-expired",
        sender="mailer-daemon@mail.zoho.example",
        subject="Undelivered Mail Returned to Sender",
        status="4.4.1",
        permanent=False,
        returns_id=False,
        text=f"""
        This message was created automatically by mail delivery software.
        A message that you sent could not be delivered to one or more of its recipients.

        [Status: Error, Address: <{GONE}>, ResponseCode 421, , Host not reachable.]
        """,
    ),
    Sample(
        name="brackets",
        sender='"Mail Deliver System" <deliver@relay.example>',
        subject="Returned Mail: [#17] Printer",
        text=f"""
        The original message was received at Mon, 3 Nov 2025 10:00:00 +0000
        from desk.okno.example

        ---The following addresses had delivery errors---

        {GONE} [User unknown]

        @@RETURNED@@""",
    ),
    Sample(
        name="bullets",
        sender="Mail Delivery System <delivery@relay.example>",
        subject="Delivery status notification",
        text=f"""
        ============================================================================
              This is an automatically generated Delivery Status Notification.

        Delivery to the following recipients failed permanently:

           * {GONE}

        ============================================================================
                                     Technical details:

        SMTP:RCPT host 198.51.100.7: 553 5.1.1 <{GONE}>... No such user here

        ============================================================================
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="errors-counted",
        sender="mailserver@relay.example",
        subject="There was an error sending your mail",
        text=f"""
        I'm sorry to have to tell you that your mail was not delivered.

        1 error(s):

        SMTP Server <mx.remote.example> rejected recipient <{GONE}>
          (Error following RCPT command). It responded as follows: [550 5.1.1 User unknown]

        The attachment contains the original mail headers.
        """,
        attaches="text/rfc822-headers",
    ),
    Sample(
        name="mailfoundry",
        sender="postmaster@foundry.example",
        subject="Message delivery has failed",
        text=f"""
        Unable to deliver message to: <{GONE}>
        Delivery failed for the following reason:
        Server mx.remote.example[198.51.100.7] failed with: 550 <{GONE}> No such user here

        This has been a permanent failure.  No further delivery attempts will be made.
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="mailmarshal",
        sender="MailMarshal <postmaster@marshal.example>",
        subject='Undeliverable Mail: "[#17] Printer"',
        returns_id=False,
        text=f"""
        Your message:
           From:    {DESK}
           Subject: [#17] Printer

        Could not be delivered because of

        550 5.1.1 User unknown

        The following recipients were affected:
            {GONE}

        Additional Information
        ======================
        Original Sender:    <{DESK}>
        Sender-MTA:         <192.0.2.9>
        """,
    ),
    Sample(
        name="mcafee",
        sender="postmaster@appliance.example",
        subject="Delivery Status",
        headers={"X-NAI-Header": "Modified by Appliance"},
        text=f"""
           --- The following addresses had delivery problems ---

        <{GONE}>   (User unknown {GONE})
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="mx-logic",
        sender="Mail Delivery System <postmaster@mxl.example>",
        subject="Mail delivery failed: returning message to sender",
        text=f"""
        This message was created automatically by mail delivery software.

        A message that you have sent could not be delivered to one or more
        recipients.  This is a permanent error.  The following address failed:

          <{GONE}>: 550 5.1.1 no such person

        Included is a copy of the message header:
        -----------------------------------------
        @@RETURNED@@""",
    ),
    Sample(
        name="mimecast",
        sender="postmaster@mimecast.example",
        subject="[Postmaster] Email Delivery Failure",
        status="5.4.1",
        text=f"""
        An email that you attempted to send to the following address could not be delivered:

        -- {GONE}

        The problem appears to be :
        -- Recipient email address is possibly incorrect
        Additional information follows :
        -- 5.4.1 Recipient address rejected: Access denied.
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="smail",
        sender="Mail Delivery System <Mailer-Daemon@smail.example>",
        subject="mail failed, returning to sender",
        text=f"""
        |------------------------- Message log follows: -------------------------|
         no valid recipients were found for this message
        |------------------------- Failed addresses follow: ---------------------|
         {GONE} ... failed: unknown user
        |------------------------- Message text follows: ------------------------|
        @@RETURNED@@""",
    ),
    Sample(
        name="telekom",
        sender="Mail Delivery System <Mailer-Daemon@online.example>",
        subject="mail failed, returning to sender",
        status="5.2.2",
        permanent=False,
        text=f"""
        |------------------------- Failed addresses follow: ---------------------|
         <{GONE}>
           552 5.2.2 <{GONE}> Quota exceeded (mailbox for user is full)

        |------------------------- Message header follows: ----------------------|
        @@RETURNED@@""",
    ),
    Sample(
        name="lsmtp",
        sender="LSMTP Server <postmaster@lsmtp.example>",
        subject="Undelivered mail",
        returns_id=False,
        text=f"""
        The enclosed message was not delivered.

        --> Error description:
        Error-for:  {GONE}
        Error-Code: 550
        Error-Text: User unknown.

        Error-End: One error reported.
        """,
    ),
    Sample(
        name="e500",
        sender="E500_SMTP_Mail_Service <E500_SMTP_Mail_Service@e500.example>",
        subject="Delivery Failure",
        text=f"""
        ------ Failed Recipients ------
          <{GONE}>: Requested action not taken: mailbox unavailable.

        -------- Returned Mail --------
        @@RETURNED@@""",
    ),
    Sample(
        name="failed-recipients-list",
        sender="postmaster@old.example",
        subject="Undeliverable mail",
        text=f"""
        Here is your list of failed recipients:
        <{GONE}>
            User unknown

        Here is your returned mail:
        @@RETURNED@@""",
    ),
    Sample(
        name="usa-net",
        sender="postmaster@usa.example",
        subject="RETURNED MAIL",
        text=f"""
        Intended recipient: {GONE}
        Your mail could not be delivered: No such user

        --------RETURNED MAIL FOLLOWS--------
        @@RETURNED@@""",
    ),
    Sample(
        name="hotpop",
        sender="mailer-daemon@hotpop.example",
        subject="Returned mail",
        status="4.2.2",
        permanent=False,
        returns_id=False,
        text=f"""
        Undeliverable Address:  {GONE}
        Reason: the mailbox of this user is full.

        Original message attached.
        """,
    ),
    Sample(
        name="old-netscape",
        sender="Mail Administrator <Postmaster@netscape.example>",
        subject="Mail System Error - Returned Mail",
        status="5.1.2",
        text=f"""
        This Message was undeliverable due to the following reason:

        The following destination addresses were unknown (please check
        the addresses and re-mail the message):

        SMTP <{GONE}>: unknown host

        Please reply to Postmaster@netscape.example
        if you feel this message to be in error.
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="yale-no-domain",
        sender="Mail Delivery Subsystem <mailer-daemon@campus.example>",
        subject="Undeliverable mail: not delivered",
        status="",
        text="""
        Message not delivered to the following:

            lost    No matches to nameserver query

        Error Detail (phquery V4.4):

        The message, "[#17] Printer", sent to lost, was not delivered. No such user.

          -----Original message follows-----

        @@RETURNED@@""",
    ),
    Sample(
        name="caiwireless",
        sender="Mail Delivery <postmaster@wireless.example>",
        subject="Delivery failure",
        status="",
        text=f"""
        The following recipients did not receive this message:

          <{GONE}>
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="groupwise",
        sender="Mailer-Daemon@groupwise.example",
        subject="Message status - undeliverable",
        headers={"X-Mailer": "Novell GroupWise Internet Agent 5.5.3.1"},
        returns_id=True,
        text=f"""
        The message that you sent was undeliverable to the following:
        \t{GONE} (user not found)

        Possibly truncated original message follows:

        @@RETURNED@@""",
    ),
    Sample(
        name="dragonfly",
        sender="MAILER-DAEMON <>",
        subject="Mail delivery failed",
        headers={"Return-Path": "<>"},
        text=f"""
        This is the DragonFly Mail Agent v0.13 at relay.example.

        There was an error delivering your mail to <{GONE}>.

        mx.remote.example [198.51.100.7] did not like our RCPT TO:
        550 5.1.1 <{GONE}>: Recipient address rejected: User unknown

        Original message follows.

        @@RETURNED@@""",
    ),
    Sample(
        name="opensmtpd",
        sender="Mailer Daemon <MAILER-DAEMON@opensmtpd.example>",
        subject="Delivery status notification: error",
        text=f"""
            Hi!

            This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.

            An error has occurred while attempting to deliver a message for
            the following list of recipients:

        {GONE}: 550 5.1.1 no such user

            Below is a copy of the original message:

        @@RETURNED@@""",
    ),
    Sample(
        name="active-hunter",
        sender='"MAILER-DAEMON" <MAILER-DAEMON@hunter.example>',
        subject="FAILURE NOTICE : [#17] Printer",
        headers={"X-AHMailID": "0123456789"},
        text=f"""
          ----- The following addresses had permanent fatal errors -----

        >>> {GONE} <{GONE}>

          ----- Transcript of session follows -----
        550 sorry, no mailbox here by that name (#5.1.1 - chkusr)
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="sina",
        sender="mailer-daemon@sina.example",
        subject="系统退信",
        charset="gb2312",
        text=f"""
        很抱歉,您的邮件未能送达以下收件人:

        <{GONE}>: 550 用户不存在
        """,
        attaches="message/rfc822",
    ),
    Sample(
        name="german-words",
        sender="postmaster@relay.example",
        subject="Unzustellbar: [#17] Drucker",
        returns_id=False,
        charset="iso-8859-1",
        text=f"""
        Ihre Nachricht konnte nicht zugestellt werden.

        Empfänger: {GONE}
        Grund: Empfänger unbekannt
        """,
    ),
    Sample(
        name="spanish-words",
        sender="postmaster@relay.example",
        subject="No se puede entregar: Impresora",
        returns_id=False,
        text=f"""
        Su mensaje no se ha podido entregar al siguiente destinatario:

        {GONE}

        El usuario no existe.
        """,
    ),
    Sample(
        name="portuguese-full",
        sender="postmaster@relay.example",
        subject="Não entregue: Impressora",
        status="4.2.2",
        permanent=False,
        returns_id=False,
        text=f"""
        Sua mensagem não foi entregue ao destinatário:

        {GONE}

        A caixa de correio do destinatário está cheia.
        """,
    ),
    Sample(
        name="italian-words",
        sender="postmaster@relay.example",
        subject="Mancato recapito: Stampante",
        status="4.2.2",
        permanent=False,
        returns_id=False,
        text=f"""
        Impossibile recapitare il messaggio al seguente destinatario:

        {GONE}

        La casella del destinatario è piena.
        """,
    ),
    Sample(
        name="barracuda-spam",
        sender="postmaster@gateway.example",
        subject="**Message you sent blocked by our bulk email filter**",
        status="5.7.1",
        text=f"""
        Your message to: {GONE}
        was blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN DELIVERED:

        Subject: [#17] Printer
        """,
        attaches="message/rfc822",
        headers={"Return-Path": "<>"},
    ),
    Sample(
        name="relay-denied",
        subject="failure notice",
        status="5.7.1",
        text=f"""
        Hi. This is the qmail-send program at relay.example.

        <{GONE}>:
        198.51.100.7 does not like recipient.
        Remote host said: 553 sorry, that domain isn't in my list of allowed rcpthosts

        --- Below this line is a copy of the message.

        @@RETURNED@@""",
    ),
    Sample(
        name="refused-connection",
        subject="failure notice",
        status="4.4.1",
        permanent=False,
        text=f"""
        Hi. This is the qmail-send program at relay.example.

        <{GONE}>:
        Sorry, I wasn't able to establish an SMTP connection. I'm not going to try again.

        --- Below this line is a copy of the message.

        @@RETURNED@@""",
    ),
    Sample(
        name="amavis-words",
        sender='"Content-filter at relay.example" <postmaster@relay.example>',
        subject="Undeliverable mail, invalid characters in header",
        status="",
        returns_id=False,
        text=f"""
        The message WAS NOT relayed to:
          <{GONE}>:
           554 5.6.0 Bounce, id=01234-01 - BAD-HEADER

        This nondelivery report was generated by the program amavisd-new at host relay.example.
        """,
    ),
    Sample(
        name="broken-mime",
        subject="Undeliverable: [#17] Printer",
        sender="System Administrator <postmaster@relay.example>",
        text=f"""
        This is a MIME-encapsulated message

        ----b
        Content-Type: text/plain

        Your message was not delivered to the following recipients:

        ----b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; relay.example

        Final-Recipient: rfc822; {GONE}
        Action: failed
        Status: 5.1.1
        Diagnostic-Code: smtp; 550 5.1.1 <{GONE}>... User
          unknown

        ----b
        Content-Type: message/rfc822

        @@RETURNED@@""",
    ),
)
