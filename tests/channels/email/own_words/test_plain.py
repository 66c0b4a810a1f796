"""Plain text of the world's mail programs: own words stay, whatever else stands around them is folded."""

import pytest

from okno.channels.email.own_words.plain import split_text

from .samples import FOOTERS, HEADS, INTROS, ONLY_IF_QUOTED, SIGNATURES

OWN = "Спасибо, теперь печатает.\n\nBut the scanner still does not. What else can we try?"
LATER = "One more thing: it is the one on the second floor."
QUOTED = "> Попробуйте выключить и включить.\n>\n> > Не печатает.\n> Anna"
OLD = "Попробуйте выключить и включить.\n\nAnna"


def by_name(samples: dict[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("sample", samples.values(), ids=samples.keys())


@by_name(INTROS | ONLY_IF_QUOTED)
class TestIntroductions:
    def test_answer_above_marked_lines(self, sample: str) -> None:
        split = split_text(f"{OWN}\n\n{sample}\n{QUOTED}\n")
        assert split.own == OWN
        assert split.quoted == f"{sample}\n{QUOTED}"
        assert split.signature == ""

    def test_a_blank_line_may_follow(self, sample: str) -> None:
        assert split_text(f"{OWN}\n{sample}\n\n{QUOTED}").own == OWN

    def test_answer_below_marked_lines(self, sample: str) -> None:
        split = split_text(f"{sample}\n{QUOTED}\n\n{OWN}\n")
        assert split.own == OWN
        assert split.quoted == f"{sample}\n{QUOTED}"

    def test_answer_above_and_below(self, sample: str) -> None:
        assert split_text(f"{OWN}\n\n{sample}\n{QUOTED}\n\n{LATER}").own == f"{OWN}\n\n{LATER}"

    def test_answers_between_stay_together_with_what_they_answer(self, sample: str) -> None:
        text = f"{sample}\n> Does it print?\nYes.\n> Does it scan?\nNo, it does not."
        assert split_text(text).own == text


@by_name(INTROS)
def test_all_is_quoted_below_an_introduction_that_no_person_writes(sample: str) -> None:
    split = split_text(f"{OWN}\n\n{sample}\n\n{OLD}\n")
    assert split.own == OWN
    assert split.quoted == f"{sample}\n\n{OLD}"


@by_name(ONLY_IF_QUOTED)
def test_nothing_is_folded_below_words_that_a_person_may_write(sample: str) -> None:
    text = f"{OWN}\n\n{sample}\n\n{OLD}"
    assert split_text(text).own == text


@by_name(HEADS)
class TestHeads:
    def test_answer_above(self, sample: str) -> None:
        split = split_text(f"{OWN}\n\n{sample}\n\n{OLD}\n")
        assert split.own == OWN
        assert split.quoted == f"{sample}\n\n{OLD}"

    def test_directly_below_the_answer(self, sample: str) -> None:
        assert split_text(f"Thanks\n{sample}\n\n{OLD}\n").own == "Thanks"

    def test_forwarded_without_a_word(self, sample: str) -> None:
        text = f"{sample}\n\n{OLD}"
        assert split_text(text).own == text

    def test_a_signature_above(self, sample: str) -> None:
        split = split_text(f"{OWN}\n\n-- \nBob\n\n{sample}\n\n{OLD}\n")
        assert split.own == OWN
        assert split.signature == "-- \nBob"


@by_name(FOOTERS | SIGNATURES)
class TestSignatures:
    def test_alone_below_the_words(self, sample: str) -> None:
        split = split_text(f"{OWN}\n\n{sample}\n")
        assert split.own == OWN
        assert split.signature == sample
        assert split.quoted == ""

    def test_between_the_words_and_a_quotation(self, sample: str) -> None:
        split = split_text(f"{OWN}\n\n{sample}\n\n{INTROS['gmail-en']}\n{QUOTED}\n")
        assert split.own == OWN
        assert split.signature == sample

    def test_between_the_words_and_a_head(self, sample: str) -> None:
        split = split_text(f"{OWN}\n\n{sample}\n\n{HEADS['outlook-en']}\n\n{OLD}\n")
        assert split.own == OWN
        assert split.signature == sample

    def test_below_a_quotation(self, sample: str) -> None:
        split = split_text(f"{OWN}\n\n{INTROS['gmail-ru']}\n{QUOTED}\n\n{sample}\n")
        assert split.own == OWN
        assert split.signature == sample

    def test_below_an_answer_below(self, sample: str) -> None:
        split = split_text(f"{INTROS['gmail-ru']}\n{QUOTED}\n\n{OWN}\n\n{sample}\n")
        assert split.own == OWN
        assert split.signature == sample


def test_nothing_but_what_a_telephone_appends_has_no_own_words() -> None:
    split = split_text(f"Sent from my iPhone\n\n{INTROS['apple-en']}\n{QUOTED}")
    assert (split.own, split.signature) == ("", "Sent from my iPhone")


def test_several_signatures() -> None:
    split = split_text(f"{OWN}\n-- \nBob\n\nSent from my iPhone\n\nVirus-free. www.avast.com")
    assert split.own == OWN
    assert split.signature == "-- \nBob\n\nSent from my iPhone\n\nVirus-free. www.avast.com"


@pytest.mark.parametrize(
    ("own", "card"),
    [
        ("It prints.\n\nThanks!", "Bob Miller\nSales Manager\n+1 555 123 4567"),
        ("It prints.\n\nThanks!\nBob", "Bob Miller\nSales Manager\n+1 555 123 4567"),
        ("Печатает.\n\nСпасибо,\nБорис", "Борис Мельник\nменеджер\nтел. +7 999 123-45-67"),
        ("It prints.\n\nBest regards,\nBob", "Bob Miller | Acme | www.acme.example"),
    ],
)
def test_what_was_written_by_hand_above_a_card_is_the_senders_own(own: str, card: str) -> None:
    split = split_text(f"{own}\n\n{card}")
    assert (split.own, split.signature) == (own, card)


def test_introduction_that_is_quoted_itself() -> None:
    split = split_text(
        f"{OWN}\n\nSent from my iPhone\n\n> On 3 Nov 2026, at 10:11, Anna <a@b.c> wrote:\n>\n> old"
    )
    assert split.own == OWN


def test_introduction_on_the_line_of_the_answer() -> None:
    split = split_text(f"Yes, please. {INTROS['gmail-en']}\n{QUOTED}")
    assert split.own == "Yes, please."
    assert split.quoted == f"{INTROS['gmail-en']}\n{QUOTED}"


def test_introduction_behind_words_without_a_full_stop() -> None:
    split = split_text(f"yes On 3 Nov 2026 at 10:11, Anna <anna@example.org> wrote:\n{QUOTED}")
    assert split.own == "yes"


def test_quoted_with_initials() -> None:
    split = split_text(f"{INTROS['the-bat-ru']}\n\nАК> Попробуйте.\nАК> Анна\n\n{OWN}")
    assert split.own == OWN


def test_what_is_left_of_a_quotation_below_the_last_answer_is_folded() -> None:
    split = split_text("> Does it print?\nYes.\n> Does it scan?\nNo.\n\n> Regards,\n> Anna")
    assert split.own == "> Does it print?\nYes.\n> Does it scan?\nNo."


def test_links_that_wrapping_tore_off_belong_to_the_quotation() -> None:
    split = split_text(f"{OWN}\n\n{INTROS['gmail-en']}\n> See\nhttps://okno.example/a/long/address\n> there.")
    assert split.own == OWN


def test_ends_of_quoted_lines_that_wrapping_tore_off_belong_to_the_quotation() -> None:
    long = "> This is a sentence that is longer than what the program lets stand on one"
    split = split_text(f"{OWN}\n\n{INTROS['gmail-en']}\n{long}\nline of text.\n{long}\nline.\n> Anna")
    assert split.own == OWN


def test_one_line_between_quoted_ones_may_be_an_answer() -> None:
    text = f"{INTROS['gmail-en']}\n> {'Is it the printer that stands on the second floor, ' * 2}\nyes\n> Anna"
    assert "yes" in split_text(text).own


def test_a_quotation_that_was_hidden_when_it_was_copied() -> None:
    assert split_text(f"{OWN}\n\n{INTROS['gmail-en']}\n[Quoted text hidden]").own == OWN


def test_indented_signature_and_wide_marks() -> None:
    split = split_text(f"{OWN}\n\n{INTROS['gmail-ja']}\n＞ old\n＞ words")
    assert split.own == OWN


TRAPS = [
    "I wrote:\nplease call me back.\n\nNobody did.",
    "Yesterday your colleague wrote:\n\nIt will be repaired on Monday.\n\nIt is not.",
    "On 3 November I called and then I wrote:\nplease come.\nNobody came.",
    "On Monday he wrote: come tomorrow.\nI came.",
    "3 ноября 2026 в 10:11 мне ваш менеджер написал:\nзавтра приедем.\nНе приехали.",
    "Вчера в 10:11 менеджер написал:\nПриедем завтра.\nНе приехали.",
    "From: the beginning it did not work.\nTo: be honest, never.\nSubject: to your reply, I will wait.",
    "Please book.\n\nFrom: Moscow\nTo: Paris\nDate: 3 November 2026\nPassengers: 2",
    "Забронируйте:\n\nОт: Москва\nДо: Казань\nДата: 03.11.2026\nСпасибо",
    "Filled in.\n\nName: Anna\nFrom: anna@example.org\nDate: 03.11.2026\nSubject: Printer\nMessage: broken",
    "To do:\n- printer\n- scanner\n- fax",
    "1. Printer: broken\n2. Scanner: broken since 03.11.2026 10:11:\n3. Fax: works",
    "Запускаю так:\n> make install\nи получаю ошибку.",
    "I get this:\n\n> error: 5\n\nWhat shall I do?",
    "First part.\n\n---\n\nSecond part, which is as long as the first and ends with a full stop.",
    "Первый вопрос: почему не печатает?\n--\nВторой вопрос: почему не сканирует?",
    "# Title\n\nText\n***\nMore text that goes on and on, and then ends.",
    "Список:\n- Принтер\n- Сканер",
    "We need:\n-Printer\n-Scanner",
    "Sent from my phone last week was the wrong file, here is the right one" + ", with changes" * 10 + ".",
    "The picture was\nsent from my phone.",
    "Thanks,\nBob",
    "С уважением,\nБорис",
    "Best regards,\nBob Miller",
    "> only a quotation",
    "> Работает?\nДа.\n> А сканер?\nНет.",
    "2 > 1, isn't it?",
    "Flight from: Moscow to: Paris date: 3 November",
    "Take it from: there. To: me it looks as if the subject: printers was never sent: right?",
    "Hi\n\n***\n\nnote\n\n***\n\nBye",
    "Hi\n\n---\n\nBye",
    "One\n--\nTwo\n--\nThree",
    "Hi.\n\n***\nPlease call me on +1 555 123 4567 before noon.",
    "Here it is.\n\nSent with love",
    "Trying to print.\n\nFrom my side all is well",
    "Envoyé par DHL hier.\n\nEnvoyé par la poste le 3.",
    "从明天开始打印机不工作。",
    "Wir können nichts drucken.\n\nVon meinem Outlook aus geht es nicht",
    "Отправил договор.\n\nОтправлено через Почту России 3 ноября, трек 123456789",
    "I got a mail.\n\nThis email contains a virus, I think.",
    "Получил письмо.\n\nЭто письмо содержит вирус, удалите.",
    "Hello.\n\nPlease add me to the mailing list",
    "Hello.\n\nImportant: call me before five.",
    "Hello.\n\nConfidential: do not tell Bob.",
    "Hello.\n\nThis message is intended for Bob, please pass it on.",
    "Здравствуйте.\n\nЭто письмо предназначено для бухгалтерии, перешлите.",
    "Printing fails.\n\nBefore printing the message I turned the printer off.",
    "Не печатает.\n\nПрежде чем печатать письмо, я включил принтер.",
    "Hello.\n\nTo unsubscribe from your list took me a week.",
    "Принтер сломан.\n--\nВ остальном всё работает хорошо, спасибо большое.",
    "Вот мой номер.\n\nСпасибо!\n+7 999 123-45-67",
    "Here it is.\n\nThanks,\nanna@example.org",
    "Sent the file.\n\nSent via courier yesterday evening",
    "10:11: started\n10:12: stopped\n10:13: started: again:",
    "Error at 03.11.2026 10:11:\nsomething went wrong",
    "2026-11-03 10:11:12 ERROR anna@example.org:\nlogin failed",
    "Write to anna@example.org by 03.11.2026:\nshe knows.",
    "Программа пишет:\nошибка 5",
    "System says:\nerror 5",
    ">From now on it works.\nThanks.",
    "This message is printed when I start it. What shall I do?\n\nIt says: confidential.",
    "Адрес доставки: Москва\nКому: Анне\nТема: подарок\n\nПривезите до 10:11.",
    "",
    "   \n\n  ",
    "--",
    "-- \nBob",
    ">",
    ":",
]


@pytest.mark.parametrize("text", TRAPS)
def test_what_a_person_writes_is_his_own(text: str) -> None:
    split = split_text(text)
    assert (split.own, split.signature, split.quoted) == (text, "", "")
