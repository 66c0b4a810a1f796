"""Codes and words of refusals, and what people are told of them."""

import pytest

from okno.channels.email.bounce_status import find_reply_code, find_status, is_permanent, refine_status
from okno.channels.email.bounce_words import explain_bounce


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("550 5.1.1 <a@b.example>... User unknown", "5.1.1"),
        ("host 10.5.1.1 said nothing", ""),
        ("550-5.7.1 [192.0.2.9 12] Our system", "5.7.1"),
        ("#5.1.1", "5.1.1"),
        ("(#5.5.0 then 5.2.1)", "5.5.0"),
        ("5.0.0 and then 5.1.1", "5.1.1"),
        ("version 5.5.2653.19", ""),
        ("4.7.650", "4.7.650"),
    ],
)
def test_codes_are_told_from_addresses_and_versions(text: str, status: str) -> None:
    assert find_status(text) == status


@pytest.mark.parametrize(
    ("text", "code"),
    [("550 no", "550"), ("said: 452-4.2.2 full", "452"), ("port 5500", ""), ("[192.0.2.550]", "")],
)
def test_reply_codes(text: str, code: str) -> None:
    assert find_reply_code(text) == code


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("User unknown in virtual mailbox table", "5.1.1"),
        ("Sorry, no mailbox here by that name.", "5.1.1"),
        ("No such user here", "5.1.1"),
        ("This user doesn't have a mail.example account", "5.1.1"),
        ("The email account that you tried to reach does not exist", "5.1.1"),
        ("invalid mailbox. User not found", "5.1.1"),
        ("Requested action not taken: mailbox unavailable", "5.1.1"),
        ("Recipient address rejected: undeliverable address", "5.1.1"),
        ("not listed in Domino Directory", "5.1.1"),
        ("Пользователь не найден", "5.1.1"),
        ("Такой почтовый ящик не существует", "5.1.1"),
        ("Empfänger unbekannt", "5.1.1"),
        ("Adresse inconnue", "5.1.1"),
        ("El usuario no existe", "5.1.1"),
        ("Usuário inexistente", "5.1.1"),
        ("Utente sconosciuto", "5.1.1"),
        ("ユーザーが見つかりません", "5.1.1"),
        ("Host or domain name not found", "5.1.2"),
        ("Unrouteable address", "5.1.2"),
        ("Host unknown", "5.1.2"),
        ("Домен получателя не найден", "5.1.2"),
        ("Mailbox is full", "4.2.2"),
        ("over quota", "4.2.2"),
        ("552 exceeded storage allocation", "4.2.2"),
        ("Почтовый ящик переполнен", "4.2.2"),
        ("Das Postfach ist voll", "4.2.2"),
        ("La boîte aux lettres est pleine", "4.2.2"),
        ("El buzón está lleno", "4.2.2"),
        ("A caixa está cheia", "4.2.2"),
        ("La casella è piena", "4.2.2"),
        ("メールボックスが一杯です", "4.2.2"),
        ("Message size exceeds fixed limit", "5.3.4"),
        ("Письмо слишком большое", "5.3.4"),
        ("This account has been disabled", "5.2.1"),
        ("user is suspended", "5.2.1"),
        ("Учётная запись заблокирована", "5.2.1"),
        ("Relaying denied", "5.7.1"),
        ("Message rejected as spam", "5.7.1"),
        ("Your host is listed in a block list", "5.7.1"),
        ("Спам не принимается", "5.7.1"),
        ("contains a virus", "5.6.0"),
        ("too many hops", "5.4.6"),
        ("retry timeout exceeded", "4.4.7"),
        ("Message has been in the queue too long", "4.4.7"),
        ("Connection refused", "4.4.1"),
        ("No MX record for the domain", "5.4.4"),
        ("greylisted, try again later", "4.7.1"),
        ("malformed address", "5.1.3"),
        ("Sender address rejected: Domain not found", "5.1.8"),
        ("I'm afraid nothing is known", ""),
    ],
)
def test_words_have_a_status(words: str, status: str) -> None:
    assert refine_status("", words) == status


@pytest.mark.parametrize(
    ("status", "action", "permanent"),
    [
        ("5.1.1", "failed", True),
        ("5.7.1", "failed", True),
        ("5.2.2", "failed", False),
        ("4.2.2", "failed", False),
        ("4.4.7", "failed", False),
        ("5.4.7", "failed", False),
        ("5.1.1", "delayed", False),
        ("5.1.1", "delivered", False),
    ],
)
def test_what_is_permanent(status: str, action: str, permanent: bool) -> None:
    assert is_permanent(status, action=action) is permanent


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        ("5.1.1", "", "There is no such mailbox"),
        ("5.1.10", "RESOLVER.ADR.RecipientNotFound", "There is no such mailbox"),
        ("5.1.10", "nullMX", "The domain takes no mail"),
        ("5.4.1", "Recipient address rejected: Access denied", "There is no such mailbox"),
        ("5.1.2", "", "The domain does not exist"),
        ("5.2.2", "", "The mailbox is full"),
        ("4.2.2", "", "The mailbox is full"),
        ("5.2.1", "", "The mailbox is closed or suspended"),
        ("5.2.3", "", "The mail is too large"),
        ("5.3.4", "", "The mail is too large"),
        ("4.4.7", "", "Their server could not be reached for days"),
        ("4.4.1", "", "Their server could not be reached for days"),
        ("5.4.4", "", "The mail server of the domain could not be found"),
        ("5.7.1", "rejected as spam", "Their server takes our mail for spam"),
        ("5.7.1", "Relaying denied", "Their server takes no mail for this address"),
        ("5.7.26", "DMARC failed", "Their server could not verify that the mail is from us"),
        ("5.7.1", "no", "Their server refuses our mail by its rules"),
        ("4.7.1", "later", "Their server puts us off for a while"),
        ("5.0.0", "user unknown", "There is no such mailbox"),
        ("5.0.0", "no", "Their server refused the mail"),
        ("", "", "Their server refused the mail"),
        ("9.9.9", "", "Their server refused the mail"),
        ("5.6.0", "", "Their server does not accept the content of the mail"),
    ],
)
def test_people_are_told_plainly(status: str, reason: str, words: str) -> None:
    assert explain_bounce(status, reason) == words
