"""More delivery reports in words, each in one string: sender, subject, text, and the status that it means."""

from tests.channels.email.bounce_samples import GONE, RETURNED

# Name, subject, sender, text, status (empty where the words tell none).
SHORT: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "demon",
        "Mail delivery failed",
        "MAILER-DAEMON@d.example",
        (
            "This message was created automatically by mail delivery software.\n"
            "\n"
            f"A message that you sent, addressed to '{GONE}', could\n"
            "not be delivered for this reason: no such user.\n"
            "\n"
            "---- START OF RETURNED MESSAGE ----\n"
            f"{RETURNED}"
        ),
        "5.1.1",
    ),
    (
        "earthlink",
        "Undeliverable mail",
        "Mail Delivery System <postmaster@e.example>",
        (
            f"Sorry, unable to deliver your message to {GONE} for the following reason:\n"
            "\n"
            f"552 Quota violation for {GONE}\n"
            "\n"
            "A copy of the original message below this line:\n"
            "\n"
            f"{RETURNED}"
        ),
        "4.2.2",
    ),
    (
        "ademe",
        "Message non remis",
        "postmaster@a.example",
        (
            "A message could not be delivered to:\n"
            "\n"
            f"  {GONE}\n"
            "\n"
            "Subject: Printer\n"
            "because the mailbox is unknown.\n"
        ),
        "5.1.1",
    ),
    (
        "smtpsvc",
        "Delivery Failure",
        "postmaster@m.example",
        (
            "Message from the mail server.\n"
            "The email below could not be delivered to the following user:\n"
            "\n"
            f"<{GONE}>\n"
            "\n"
            "Old message:\n"
            f"{RETURNED}"
        ),
        "",
    ),
    (
        "eyou",
        "failure notice",
        "MAILER-DAEMON@e.example",
        (
            "This is the deliver program at e.example.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            "\n"
            f"{GONE}\n"
            "user does not exist!\n"
            "\n"
            "---The attachment is your original mail--\n"
        ),
        "5.1.1",
    ),
    (
        "mdaemonpro",
        "Mail delivery failed",
        "postmaster@p.example",
        (f"{GONE} - no such user here.\n\nThere is no user by that name at this server.\n"),
        "5.1.1",
    ),
    (
        "smartermail",
        "Delivery Failure",
        "System Administrator <>",
        (
            "Could not deliver message to the following recipient(s):\n"
            "\n"
            f"Failed Recipient: {GONE}\n"
            "Reason: Remote host said: 550 5.1.1 User unknown\n"
            "\n"
            "   -- The header and top 20 lines of the message follows --\n"
            "\n"
            f"{RETURNED}"
        ),
        "5.1.1",
    ),
    (
        "hmail",
        "Message undeliverable: Printer",
        "mailer-daemon@h.example",
        (
            "Your message did not reach some or all of the intended recipients.\n"
            "\n"
            "   Sent: Mon, 3 Nov 2025\n"
            "   Subject: Printer\n"
            "\n"
            "The following recipient(s) could not be reached:\n"
            "\n"
            f"{GONE}\n"
            "   Error Type: SMTP\n"
            "   Remote server (198.51.100.7) issued an error.\n"
            f"   hMailServer sent: RCPT TO:<{GONE}>\n"
            "   Remote server replied: 550 unknown user\n"
            "\n"
            "hMailServer\n"
        ),
        "5.1.1",
    ),
    (
        "uci",
        "Undeliverable mail",
        "MAILER-DAEMON@u.example",
        (
            "Message not delivered to the following addresses:\n"
            "\n"
            f"    {GONE}\n"
            "\n"
            "Error detail:\n"
            "  no such user\n"
        ),
        "5.1.1",
    ),
    (
        "compuserve",
        "Undeliverable message",
        "CompuServe Postmaster <auto.reply@c.example>",
        (
            "Receipt message:\n"
            "Your message could not be delivered for the following reason:\n"
            f"Invalid receiver address: {GONE}\n"
            "\n"
            "--- Returned message ---\n"
            "\n"
            f"{RETURNED}"
        ),
        "5.1.1",
    ),
    (
        "llnl",
        "Undelivered mail",
        "MAILER-DAEMON@l.example",
        (f"The user that you sent mail to, {GONE}, is no longer known here.\n"),
        "5.1.1",
    ),
    (
        "mercury",
        "Delivery failure notification",
        "Mail Delivery Subsystem <postmaster@me.example>",
        (
            "With reference to your message with the subject:\n"
            '   "Printer"\n'
            "\n"
            "The local mail transport system has reported the following problems\n"
            "it encountered while trying to deliver your message:\n"
            "\n"
            "-------------------------------------------------------------------\n"
            f"*** {GONE}\n"
            "550 5.1.1 unknown user\n"
            "-------------------------------------------------------------------\n"
            "\n"
            "Your mail message is being returned to you in the next part.\n"
        ),
        "5.1.1",
    ),
    (
        "mailenable",
        "Message Delivery Failure",
        "MailEnable Postmaster <postmaster@me.example>",
        (
            "Message could not be delivered to some recipients.\n"
            "The following recipient(s) could not be reached:\n"
            "\n"
            f"\tRecipient: [SMTP:{GONE}]\n"
            "\tReason: Remote SMTP Server Returned: 550 no such user\n"
            "\n"
            "Message headers follow:\n"
            "\n"
            f"{RETURNED}"
        ),
        "5.1.1",
    ),
    (
        "communigate",
        "Undeliverable mail: SMTP delivery failure",
        "<MAILER-DAEMON@cg.example>",
        (
            f"Failed to deliver to '{GONE}'\n"
            "SMTP module(domain remote.example) reports:\n"
            " recipient address rejected by mx.remote.example (198.51.100.7)\n"
            " 550 5.1.1 User unknown\n"
        ),
        "5.1.1",
    ),
    (
        "qq",
        "系统退信",
        "PostMaster@qq.example",
        (
            "尊敬的用户，您好！\n"
            "很抱歉您的邮件被退回来了。\n"
            "原邮件信息：\n"
            f"收 件 人： {GONE}\n"
            "退信原因：\n"
            f"收件人邮件地址（{GONE}）不存在，邮件无法送达。\n"
        ),
        "5.1.1",
    ),
    (
        "firstclass",
        "NDN: Printer",
        "Postmaster@fc.example",
        (
            "Sorry. Your message could not be delivered to:\n"
            "\n"
            f"{GONE} (The name was not found at the remote site. Check that the name has been entered correctly.)\n"
        ),
        "5.1.1",
    ),
    (
        "ntmail",
        "Returned mail",
        "postmaster@nt.example",
        (
            "Your message was not delivered to the following recipients:\n"
            "\n"
            f"{GONE}    \n"
            "\n"
            "because the user is not known\n"
        ),
        "5.1.1",
    ),
    (
        "slmail",
        "Mail System Problem",
        "postmaster@sl.example",
        (f"Failed mail recipients:\n\nFailed to deliver to {GONE}\n   550 unknown\n"),
        "5.0.0",
    ),
    (
        "kerio",
        "Delivery failed",
        "Mail Delivery Subsystem <MAILER-DAEMON@k.example>",
        (f"The following message could not be delivered to {GONE}:\n\n550 5.2.1 Mailbox disabled\n"),
        "5.2.1",
    ),
    (
        "sendmail-reason",
        "Returned mail: see transcript for details",
        "MAILER-DAEMON@x.example",
        (
            "   ----- The following addresses had permanent fatal errors -----\n"
            "lost\n"
            f"    (reason: 550 5.1.1 <{GONE}>... User unknown)\n"
            "\n"
            "   ----- Transcript of session follows -----\n"
            f"550 5.1.1 <{GONE}>... User unknown\n"
        ),
        "5.1.1",
    ),
    (
        "exchange-name",
        "Undeliverable: Printer",
        "System Administrator <postmaster@ex.example>",
        (
            "Your message\n"
            "\n"
            "  To:      Lost Person\n"
            "  Subject: Printer\n"
            "  Sent:    Mon, 3 Nov 2025\n"
            "\n"
            "did not reach the following recipient(s):\n"
            "\n"
            "Lost Person on Mon, 3 Nov 2025 10:00:00 +0000\n"
            "    The e-mail address could not be found.\n"
            f"    <mx.example #5.1.1 SMTP; 550 5.1.1 <{GONE}>... User unknown>\n"
        ),
        "5.1.1",
    ),
    (
        "sendmail-5",
        "Returned mail: User unknown",
        "Mail Delivery Subsystem <MAILER-DAEMON@v5.example>",
        (
            "   ----- Transcript of session follows -----\n"
            "While talking to remote.example:\n"
            f">>> RCPT To:<{GONE}>\n"
            f"<<< 550 <{GONE}>, User Unknown\n"
            f"550 <{GONE}>... User unknown\n"
            "\n"
            "   ----- Unsent message follows -----\n"
            f"{RETURNED}"
        ),
        "5.1.1",
    ),
    (
        "ironport",
        "Delivery Status Notification (Failure)",
        '"Mail Delivery System" <MAILER-DAEMON@i.example>',
        (
            f"The following message to <{GONE}> was undeliverable.\n"
            "The reason for the problem:\n"
            "5.1.0 - Unknown address error 550-'5.1.1 user unknown'\n"
        ),
        "5.1.0",
    ),
    (
        "russian-full",
        "Возврат почты",
        "Почтовая система <postmaster@r.example>",
        (
            "Уважаемый пользователь!\n"
            f"Ваше письмо на адрес {GONE} не доставлено по причине: ящик переполнен.\n"
        ),
        "4.2.2",
    ),
    (
        "russian-refused",
        "Ошибка доставки почты",
        "mailer-daemon@r.example",
        (
            "Сервер получателя отклонил ваше письмо.\n"
            f"Адрес получателя: {GONE}\n"
            "Ответ сервера: 550 5.7.1 Message rejected as spam\n"
        ),
        "5.7.1",
    ),
    (
        "russian-delayed",
        "Уведомление о задержке доставки",
        "MAILER-DAEMON@r.example",
        (f"Письмо на адрес {GONE} пока не доставлено. Попытки доставки будут продолжены.\n"),
        "4.4.7",
    ),
    (
        "domino-loop",
        "DELIVERY FAILURE: x",
        "Postmaster@n.example",
        (
            "Your message\n"
            "\n"
            "  Subject: Printer\n"
            "\n"
            "was not delivered to:\n"
            "\n"
            f"  {GONE}\n"
            "\n"
            "because:\n"
            "\n"
            "  Error transferring to mx.remote.example; Maximum hop count exceeded, probably a loop.\n"
        ),
        "5.4.6",
    ),
    (
        "aol-transcript",
        "Mail Delivery Problem",
        "Mail Delivery Subsystem <MAILER-DAEMON@aol.example>",
        (
            "   ----- The following addresses had permanent fatal errors -----\n"
            f"<{GONE}>\n"
            "\n"
            "   ----- Transcript of session follows -----\n"
            "... while talking to air.mail.example.:\n"
            f">>> RCPT To:<{GONE}>\n"
            "<<< 550 MAILBOX NOT FOUND\n"
            f"550 <{GONE}>... User unknown\n"
        ),
        "5.1.1",
    ),
    (
        "pt",
        "Falha na entrega: Impressora",
        "postmaster@pt.example",
        (f"A sua mensagem para {GONE} não pôde ser entregue.\nMotivo: usuário desconhecido\n"),
        "5.1.1",
    ),
    (
        "fr",
        "Échec de remise",
        "Système de remise <daemon@fr.example>",
        (f"Votre message n'a pas pu être remis à :\n\n   {GONE}\n\nUtilisateur inconnu\n"),
        "5.1.1",
    ),
    (
        "de",
        "Mail delivery failed: returning message to sender",
        "Mail Delivery System <Mailer-Daemon@de.example>",
        (
            "Diese Nachricht wurde automatisch erzeugt.\n"
            "\n"
            "Eine Nachricht von Ihnen konnte nicht zugestellt werden:\n"
            "\n"
            f"  {GONE}\n"
            "    Postfach ist voll\n"
        ),
        "4.2.2",
    ),
)
