"""Who works on the demo desk and who writes to it; every name and address is fictional."""

from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["ru", "en"]
Gender = Literal["m", "f", ""]

WORKSPACE_NAME: Final = "Окно Сервис"
WORKSPACE_TIMEZONE: Final = "Europe/Moscow"
DESK_NAME: Final = "Поддержка"
SUPPORT_ADDRESS: Final = "support@okno.example"


@dataclass(frozen=True, kw_only=True)
class DemoTeam:
    """Describe a team of the desk; only the first line has a mail address."""

    key: str
    name: str
    line: int
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class DemoMember:
    """Describe a person who can sign in; `latin_name` signs English answers."""

    key: str
    name: str
    latin_name: str
    gender: Gender
    role: str
    language: Language
    teams: tuple[str, ...]

    @property
    def email(self) -> str:
        """Return the address the member signs in with."""
        return f"{self.key}@okno.example"


@dataclass(frozen=True, kw_only=True)
class DemoOrganization:
    """Describe a client company; `phone_prefix` is completed to numbers that nobody owns."""

    key: str
    name: str
    domain: str
    language: Language
    phone_prefix: str


@dataclass(frozen=True, kw_only=True)
class DemoContact:
    """Describe a requester; `occupation` is what they do and steers which stories fit them."""

    key: str
    name: str
    gender: Gender
    occupation: str
    position: str
    organization: str | None
    language: Language
    emails: tuple[str, ...]
    phones: tuple[str, ...] = ()

    @property
    def first_name(self) -> str:
        """Return the name that an answer begins with."""
        return self.name.split()[0]


TEAMS: Final = (
    DemoTeam(key="l1", name="Первая линия", line=1, address=SUPPORT_ADDRESS),
    DemoTeam(key="l2", name="Вторая линия", line=2),
)

MEMBERS: Final = (
    DemoMember(
        key="admin",
        name="Ольга Демидова",
        latin_name="Olga Demidova",
        gender="f",
        role="administrator",
        language="ru",
        teams=(),
    ),
    DemoMember(
        key="lead",
        name="Дмитрий Поляков",
        latin_name="Dmitry Polyakov",
        gender="m",
        role="supervisor",
        language="ru",
        teams=("l1", "l2"),
    ),
    DemoMember(
        key="anna",
        name="Анна Ковалёва",
        latin_name="Anna Kovaleva",
        gender="f",
        role="agent",
        language="ru",
        teams=("l1",),
    ),
    DemoMember(
        key="boris",
        name="Борис Лебедев",
        latin_name="Boris Lebedev",
        gender="m",
        role="agent",
        language="ru",
        teams=("l1",),
    ),
    DemoMember(
        key="chen",
        name="Chen Wei",
        latin_name="Chen Wei",
        gender="m",
        role="agent",
        language="en",
        teams=("l1", "l2"),
    ),
)

# key | name | domain | language | start of the phone numbers
_ORGANIZATIONS: Final = """
    zarya | Заря-Логистика | zarya-log.example | ru | +784355501
    smeta | Сметный двор | smetny-dvor.example | ru | +783155501
    port | Северный порт | sevport.example | ru | +781255501
    utro | Клиника «Доброе утро» | dobroe-utro.example | ru | +784655501
    dom | УК «Тёплый дом» | teplydom.example | ru | +738355501
    litera | Издательство «Литера» | litera.example | ru | +749555501
    korica | Пекарни «Корица» | korica.example | ru | +747355501
    ural | Уралточмаш | uraltochmash.example | ru | +734355501
    harbour | Harbour & Pine | harbourpine.example | en | +4420794600
    bright | Brightwater Clinics | brightwater.example | en | +161755501
    kestrel | Kestrel Freight | kestrelfreight.example | en | +4416149600
    maple | Maple Street Books | maplestreet.example | en | +150355501
    saffron | Saffron Table Group | saffrontable.example | en | +121255501"""

# local part | name | gender | occupation | position
_PEOPLE: Final[dict[str, str]] = {
    "zarya": """
        m.sokolova | Марина Соколова | f | acc | главный бухгалтер
        t.galiev | Тимур Галиев | m | wh | начальник склада № 3
        p.shmidt | Полина Шмидт | f | office | специалист по договорам
        k.vereshchagin | Константин Верещагин | m | boss | руководитель отдела перевозок
        a.nurmukhametova | Аделина Нурмухаметова | f | wh | оператор выдачи
        r.tikhomirov | Роман Тихомиров | m | sale | менеджер по работе с клиентами
        tms | Интеграция ТМС | | bot-ru | учётная запись обмена
        i.melnichenko | Ирина Мельниченко | f | office | секретарь""",
    "smeta": """
        a.preobrazhensky | Александр Преображенский | m | eng | ведущий сметчик
        n.konstantinopolskaya | Надежда Константинопольская-Преображенская | f | eng | инженер-проектировщик
        l.zhuk | Леонид Жук | m | boss | генеральный директор
        v.chernousova | Валентина Черноусова | f | acc | бухгалтер
        d.ostapenko | Дарья Остапенко | f | eng | сметчик
        o.frolov | Олег Фролов | m | sale | менеджер тендеров""",
    "port": """
        g.khairullina | Гульнара Хайруллина | f | acc | финансовый контролёр
        e.mamedov | Эльдар Мамедов | m | eng | инженер связи
        s.orlova | Светлана Орлова | f | sale | специалист по закупкам
        v.shcherbakov | Виталий Щербаков | m | wh | старший стивидор
        y.kramer | Юлия Крамер | f | hr | менеджер по персоналу
        n.belov | Николай Белов | m | boss | заместитель директора
        monitoring | Мониторинг | | bot-ru | система наблюдения""",
    "utro": """
        t.lapina | Татьяна Лапина | f | med | главная медсестра
        i.gusev | Игорь Гусев | m | med | врач-рентгенолог
        k.arsenyeva | Ксения Арсеньева | f | med | администратор регистратуры
        z.abdullaeva | Зарина Абдуллаева | f | med | врач-терапевт
        f.rybakov | Фёдор Рыбаков | m | boss | главный врач
        l.pavlova | Людмила Павлова | f | acc | бухгалтер""",
    "dom": """
        a.zaytseva | Алла Зайцева | f | office | диспетчер
        s.kuznetsov | Сергей Кузнецов | m | eng | главный инженер
        e.vinogradova | Елена Виноградова | f | acc | экономист
        m.safin | Марат Сафин-Ильясов | m | office | мастер участка
        n.tarasova | Нина Тарасова | f | hr | инспектор по кадрам
        p.gordeev | Пётр Гордеев | m | boss | директор""",
    "litera": """
        v.stepanova | Вера Степанова | f | office | выпускающий редактор
        g.rozenberg | Григорий Розенберг | m | boss | главный редактор
        y.lvova | Яна Львова | f | eng | верстальщик
        d.panin | Денис Панин | m | sale | менеджер по сбыту
        o.yudina | Оксана Юдина | f | hr | специалист по кадрам
        b.kim | Богдан Ким | m | eng | художественный редактор""",
    "korica": """
        a.melnik | Алёна Мельник | f | shop | старший продавец, Садовая
        r.sargsyan | Рубен Саргсян | m | boss | управляющий сетью
        k.osipova | Карина Осипова | f | shop | администратор зала
        t.drozdov | Тихон Дроздов | m | wh | кладовщик
        e.belyaeva | Евгения Беляева | f | acc | бухгалтер-кассир
        s.yakovlev | Степан Яковлев | m | shop | пекарь-технолог""",
    "ural": """
        v.nikiforov | Владислав Никифоров | m | eng | начальник КБ
        l.bashirova | Лилия Баширова | f | hr | начальник отдела кадров
        a.demchenko | Артём Демченко | m | wh | мастер цеха
        g.sidorova | Галина Сидорова | f | acc | заместитель главного бухгалтера
        m.egorov | Максим Егоров | m | eng | технолог
        i.rudneva | Инна Руднева | f | office | делопроизводитель
        e.chistyakov | Егор Чистяков | m | sale | менеджер по экспорту""",
    "harbour": """
        eleanor.marsh | Eleanor Marsh | f | boss | Managing director
        tom.ashworth | Tom Ashworth | m | wh | Warehouse lead
        grace.adeyemi | Grace Adeyemi | f | acc | Accounts
        ruth.pemberton | Ruth Pemberton | f | hr | People manager
        leo.castellano | Leo Castellano | m | eng | Furniture designer
        holly.finch | Holly Finch | f | sale | Trade sales
        monitoring | Monitoring | | bot-en | Alerting service""",
    "bright": """
        d.novak | Daniel Novak | m | med | Clinic manager
        s.whitaker | Susan Whitaker | f | med | Head nurse
        a.rahman | Amina Rahman | f | med | Physician
        k.oconnell | Kieran O'Connell | m | office | Front desk
        j.lindqvist | Johanna Lindqvist | f | acc | Billing
        m.tremblay | Marc Tremblay | m | hr | HR partner""",
    "kestrel": """
        b.featherstonehaugh | Bartholomew Featherstonehaugh-Cholmondeley | m | boss | Operations director
        olivia.grant | Olivia Grant | f | office | Transport planner
        samir.patel | Samir Patel | m | wh | Night shift supervisor
        nia.llewellyn | Nia Llewellyn | f | acc | Finance assistant
        callan.doyle | Callan Doyle | m | eng | Fleet engineer
        lucy.thornton | Lucy Thornton | f | hr | HR adviser
        orders | Order integration | | bot-en | Exchange account""",
    "maple": """
        june.harper | June Harper | f | boss | Owner
        miles.bergman | Miles Bergman | m | shop | Store manager
        tessa.wong | Tessa Wong | f | shop | Bookseller
        arthur.quill | Arthur Quill | m | office | Events
        rosa.delgado | Rosa Delgado | f | acc | Bookkeeper
        finn.larsen | Finn Larsen | m | wh | Shipping""",
    "saffron": """
        anjali.mehta | Anjali Mehta | f | boss | Group manager
        pierre.dubois | Pierre Dubois | m | shop | Head chef
        hannah.weiss | Hannah Weiss | f | sale | Catering sales
        omar.haddad | Omar Haddad | m | shop | Floor manager
        claire.bishop | Claire Bishop | f | acc | Payroll
        noah.sinclair | Noah Sinclair | m | eng | Facilities""",
}

# Private persons: no organization, an address at a public provider.
_PRIVATE: Final = """
    lidiya.golub | Лидия Голуб | f | private | | ru
    gleb.aksenov | Глеб Аксёнов | m | private | | ru
    maggie.oneill | Maggie O'Neill | f | private | | en
    victor.hale | Victor Hale | m | private | | en"""


def _organizations() -> tuple[DemoOrganization, ...]:
    organizations = []
    for line in _ORGANIZATIONS.strip().splitlines():
        key, name, domain, language, prefix = _columns(line)
        organizations.append(
            DemoOrganization(
                key=key, name=name, domain=domain, language=_language(language), phone_prefix=prefix
            )
        )
    return tuple(organizations)


def _columns(line: str) -> list[str]:
    return [column.strip() for column in line.split("|")]


def _employees(organization: DemoOrganization) -> list[DemoContact]:
    people = []
    for index, line in enumerate(_PEOPLE[organization.key].strip().splitlines()):
        local, name, gender, occupation, position = _columns(line)
        is_person = gender in ("m", "f")
        emails = [f"{local}@{organization.domain}"]
        if is_person and index % 3 == 1:
            emails.append(f"{local.replace('.', '')}@mail.example")
        people.append(
            DemoContact(
                key=f"{organization.key}/{local}",
                name=name,
                gender=_gender(gender),
                occupation=occupation,
                position=position,
                organization=organization.key,
                language=organization.language,
                emails=tuple(emails),
                phones=_phones(organization.phone_prefix, index) if is_person else (),
            )
        )
    return people


def _phones(prefix: str, index: int) -> tuple[str, ...]:
    # The 555-01xx numbers and the British 7946 0xxx and 496 0xxx ranges are set aside for fiction.
    digits = 2 if not prefix.startswith("+44") else 12 - len(prefix) + 1
    office = f"{prefix}{10 + index:0{digits}d}"
    direct = f"{prefix}{50 + index:0{digits}d}"
    return (office, direct) if index % 4 == 0 else (office,)


def _private_persons() -> list[DemoContact]:
    people = []
    for line in _PRIVATE.strip().splitlines():
        local, name, gender, occupation, position, language = _columns(line)
        people.append(
            DemoContact(
                key=f"private/{local}",
                name=name,
                gender=_gender(gender),
                occupation=occupation,
                position=position,
                organization=None,
                language=_language(language),
                emails=(f"{local}@mail.example",),
            )
        )
    return people


def _language(code: str) -> Language:
    return "ru" if code == "ru" else "en"


def _gender(letter: str) -> Gender:
    if letter == "m":
        return "m"
    return "f" if letter == "f" else ""


def _contacts() -> tuple[DemoContact, ...]:
    employees = [contact for organization in ORGANIZATIONS for contact in _employees(organization)]
    return (*employees, *_private_persons())


ORGANIZATIONS: Final = _organizations()
CONTACTS: Final = _contacts()
