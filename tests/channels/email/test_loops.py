"""Machines are told from people, and are not answered by our machine."""

import pytest

from okno.channels.email.absences import is_absence_subject
from okno.channels.email.loops import may_answer
from okno.channels.email.parse import parse_message
from tests.channels.email.mail import simple

OWN = frozenset({"support@okno.example"})


def test_a_person_may_be_answered() -> None:
    assert may_answer(parse_message(simple()), own_addresses=OWN, envelope_from="requester@example.org")
    assert may_answer(parse_message(simple()), own_addresses=OWN)
    assert may_answer(parse_message(simple()))


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; x=y"},
        {"Auto_Submitted": "auto-notified"},
        {"Auto_Submitted": "Auto-Replied (vacation)"},
        {"Precedence": "auto_reply"},
        {"X_Precedence": "auto_reply"},
        {"Return_Path": "<>"},
        {"Return_Path": "<MAILER-DAEMON@example.org>"},
        {"X_Autoreply": "yes"},
        {"X_Auto_Reply": "1"},
        {"X_Autorespond": "Re: Printer"},
        {"X_Apple_Action": "vacation"},
        {"X_MS_Exchange_Generated_Message_Source": "Mailbox Rules Agent"},
        {"X_POST_MessageClass": "9; Autoresponder"},
        {"X_Mailer": "vacation 1.2.7"},
        {"X_FC_MachineGenerated": "true"},
        {"Subject": "Out of office: Printer"},
        {"Subject": "Report domain: okno.example Submitter: provider.example Report-ID: <1>"},
    ],
)
def test_machines_are_told_and_not_answered(headers: dict[str, str]) -> None:
    parsed = parse_message(simple(**headers))
    assert parsed.is_automatic
    assert not may_answer(parsed, own_addresses=OWN)


@pytest.mark.parametrize(
    "headers",
    [
        {"Precedence": "Bulk"},
        {"Precedence": "list"},
        {"Precedence": "junk"},
        {"List_Id": "<news.example.org>"},
        {"List_Unsubscribe": "<https://example.org/u>"},
        {"List_Archive": "<https://example.org/a>"},
        {"Mailing_List": "list news@example.org"},
        {"X_BeenThere": "news@example.org"},
        {"X_Mailman_Version": "2.1"},
        {"Feedback_ID": "1:2:3:x"},
        {"X_Auto_Response_Suppress": "DR, AutoReply"},
        {"X_Auto_Response_Suppress": "OOF"},
        {"X_Auto_Response_Suppress": "All"},
        {"X_Okno_Loop": "whatever"},
        {"X_Loop": "desk"},
        {"X_MS_Exchange_Inbox_Rules_Loop": "a@example.org"},
        {"From": "MAILER-DAEMON@example.org"},
        {"From": "postmaster@example.org"},
        {"From": "no-reply@example.org"},
        {"From": "noreply-17@example.org"},
        {"From": "do-not-reply@example.org"},
        {"From": "donotreply@example.org"},
        {"From": "shop-noreply@example.org"},
        {"From": "notifications@example.org"},
        {"From": "support@okno.example"},
        {"From": "support+17@okno.example"},
        {"From": "bounces+17@example.org"},
        {"From": "list-bounces@example.org"},
        {"From": "list-request@example.org"},
        {"From": "list-owner@example.org"},
        {"From": "owner-list@example.org"},
        {"From": "root@example.org"},
        {"From": ""},
        {"Reply_To": "no-reply@example.org"},
        {"Reply_To": "support@okno.example"},
    ],
)
def test_what_is_not_answered_though_a_person_may_stand_behind_it(headers: dict[str, str]) -> None:
    assert not may_answer(parse_message(simple(**headers)), own_addresses=OWN)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"Precedence": "first-class"},
        {"X_Auto_Response_Suppress": "DR, RN, NRN"},
        {"X_Mailer": "Microsoft Outlook 16.0"},
        {"Return_Path": "<requester@example.org>"},
        {"From": "norepliez@example.org"},
        {"From": "support@client.example"},
        {"From": "admin@client.example"},
        {"From": "info@client.example"},
        {"From": "daemonin@client.example"},
        {"From": "nobodyelse@client.example"},
    ],
)
def test_what_people_send_too_is_answered(headers: dict[str, str]) -> None:
    parsed = parse_message(simple(**headers))
    assert not parsed.is_automatic
    assert may_answer(parsed, own_addresses=OWN)


def test_the_null_sender_and_a_failed_verdict_are_not_answered() -> None:
    assert not may_answer(parse_message(simple()), own_addresses=OWN, envelope_from="")
    assert not may_answer(parse_message(simple()), own_addresses=OWN, has_failed_verdict=True)


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Printer",
        "Auto-Reply: Printer",
        "AutoReply: Printer",
        "Auto: Printer",
        "Automated response: Printer",
        "Autoresponder",
        "[Auto-Reply] Printer",
        "Out of Office",
        "Out of Office AutoReply: Printer",
        "Out of the office: Printer",
        "out-of-office reply: Printer",
        "OOO: Printer",
        "Vacation reply",
        "On vacation",
        "I am out of the office until Monday",
        "Away from my mail",
        "Автоответ: Принтер",
        "Автоматический ответ: Принтер",
        "Автоматический ответ",
        "Автоответчик",
        "Меня нет на месте",
        "Нет на рабочем месте",
        "В отпуске",
        "В отпуске до 17 ноября",
        "Я в отпуске с 3 по 17 ноября",
        "Отпуск: Re: Принтер",
        "Уведомление об отсутствии",
        "Автоматична відповідь: Принтер",
        "Abwesenheitsnotiz: Drucker",
        "Abwesenheit: Drucker",
        "Automatische Antwort: Drucker",
        "Réponse automatique : Imprimante",
        "Absence du bureau : Imprimante",
        "Respuesta automática: Impresora",
        "Fuera de la oficina",
        "Resposta automática: Impressora",
        "Risposta automatica: Stampante",
        "Fuori ufficio: Stampante",
        "Automatyczna odpowiedź: Drukarka",
        "Odpowiedź automatyczna: Drukarka",
        "Automatisch antwoord: Printer",
        "Afwezig: Printer",
        "Autosvar: Printer",
        "Automatiskt svar: Skrivare",
        "Automaattinen vastaus: Tulostin",
        "Automatická odpověď: Tiskárna",
        "Automatikus válasz: Nyomtató",
        "Otomatik yanıt: Yazıcı",
        "自動応答: プリンター",
        "自动回复: 打印机",
        "자동 회신: 프린터",
    ],
)
def test_titles_of_automatic_answers(subject: str) -> None:
    parsed = parse_message(simple(Subject=subject))
    assert parsed.is_automatic
    assert not parsed.is_bounce
    assert not may_answer(parsed)


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Automatic reply: Printer",
        "RE: Автоответ: Принтер",
        "Автоответы не приходят",
        "Out of office printers are slow",
        "How do I set an automatic reply?",
        "Automatic doors do not open",
        "Auto insurance",
        "Autoresponding to mail",
        "В отпуске сотрудник, закройте ему доступ",
        "Отпускные не пришли",
        "Отпуск сотрудника не согласован",
        "Urlaubsantrag",
        "Vacation requests cannot be filed",
        "Away team needs a printer",
        "",
    ],
)
def test_people_write_of_offices_and_vacations(subject: str) -> None:
    assert not is_absence_subject(subject)
    assert may_answer(parse_message(simple(Subject=subject)))
