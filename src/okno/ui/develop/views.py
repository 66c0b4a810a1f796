"""The pages of the sheet, and the small answers that its islands ask for."""

from __future__ import annotations

import json
from functools import wraps
from typing import Any, Protocol

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_safe

from okno.lib.clock import current_time
from okno.ui import cells
from okno.ui.context import THEMES
from okno.ui.develop import conversation, frame, samples
from okno.ui.develop.forms import SampleForm
from okno.ui.thread import ColumnCell, MessageCell, RecipientCell

LANGUAGES = ("en", "ru")


class _View(Protocol):
    def __call__(self, request: HttpRequest, /) -> HttpResponseBase: ...


def in_language(view: _View) -> _View:
    """Show the page in `?lang=`, kept in a cookie for the answers that its islands ask for."""

    @wraps(view)
    def shown(request: HttpRequest) -> HttpResponseBase:
        language = request.GET.get("lang") or request.COOKIES.get("okno_ui_lang", "en")
        language = language if language in LANGUAGES else "en"
        with translation.override(language):
            response = view(request)
        response.set_cookie("okno_ui_lang", language, samesite="Lax")
        return response

    return shown


def _context(request: HttpRequest, **more: Any) -> dict[str, Any]:
    language = translation.get_language()
    context = {"now": current_time(), "shell": frame.sample_shell(language), "language": language, **more}
    asked = request.GET.get("theme", "")
    if asked in THEMES:
        context |= {"theme": asked, "data_theme": THEMES[asked]}
    return context


@require_safe
@ensure_csrf_cookie
@in_language
def sheet(request: HttpRequest) -> HttpResponse:
    """Show every component in its states."""
    language = translation.get_language()
    broken = SampleForm({"name": "", "email": "no address", "language": "ru"})
    return render(
        request,
        "ui/develop/sheet.html",
        _context(
            request,
            form=SampleForm(),
            broken=broken,
            people=[samples.ANNA, samples.DMITRY, samples.RUSLAN, samples.IGOR, samples.OLGA, samples.MARINA],
            statuses=[
                (row.status, row.status_name) for row in samples.ticket_rows(language, now=current_time())
            ],
            clocks=[
                cells.ClockCell(5_760, 0.8),
                cells.ClockCell(1_080, 0.1),
                cells.ClockCell(-1_440, 0),
                cells.ClockCell(0, state="paused"),
                cells.ClockCell(840, state="met"),
            ],
        ),
    )


@require_safe
@ensure_csrf_cookie
@in_language
def ticket_list(request: HttpRequest) -> HttpResponse:
    """Show the list of tickets, or its empty state with `?empty=1`."""
    language = translation.get_language()
    names = ("number", "subject", "requester", "status", "priority", "clock", "updated")
    ru = language == "ru"
    labels = (
        ("№", "Тема и последнее сообщение", "От кого", "Статус", "Приоритет", "Срок", "Изменена")
        if ru
        else ("No.", "Subject and last words", "From", "Status", "Priority", "Due", "Changed")
    )
    columns = {
        name: ColumnCell(name, label, url=f"?sort={name}", sort="ascending" if name == "clock" else "")
        for name, label in zip(names, labels, strict=True)
    }
    rows = [] if request.GET.get("empty") else samples.ticket_rows(language, now=current_time())
    return render(
        request, "ui/develop/list.html", _context(request, rows=rows, columns=columns, people=_people())
    )


@require_safe
@ensure_csrf_cookie
@in_language
def ticket(request: HttpRequest) -> HttpResponse:
    """Show the ticket with every kind of message."""
    language = translation.get_language()
    now = current_time()
    return render(
        request,
        "ui/develop/ticket.html",
        _context(
            request,
            messages_in=conversation.messages(language, now=now),
            event=conversation.event_line(language, now=now),
            composer=conversation.composer(language, is_empty=bool(request.GET.get("empty"))),
            clock=cells.ClockCell(3_240, 0.2),
            people=_people(),
            client=samples.MARINA,
            day=conversation.words(language)["today"],
            subject=samples.ticket_rows(language, now=now)[0].subject,
            statuses=samples.ticket_rows(language, now=now),
        ),
    )


@require_safe
@ensure_csrf_cookie
@in_language
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show a settings page."""
    menu = frame.settings_menu(translation.get_language())
    return render(
        request,
        "ui/develop/settings.html",
        _context(request, settings_menu=menu, shell_settings=True, form=SampleForm(), people=_people()),
    )


@require_safe
@in_language
def auth_page(request: HttpRequest) -> HttpResponse:
    """Show a sign-in page."""
    return render(request, "ui/develop/auth.html", _context(request))


@require_safe
@in_language
def public_page(request: HttpRequest) -> HttpResponse:
    """Show what a requester sees of his ticket."""
    language = translation.get_language()
    shown = [
        message for message in conversation.messages(language, now=current_time()) if message.id in (1, 2)
    ]
    return render(request, "ui/develop/public.html", _context(request, messages_in=shown))


def _people() -> list[cells.PersonCell]:
    return [samples.ANNA, samples.DMITRY, samples.RUSLAN, samples.IGOR, samples.OLGA]


# --- Answers for the islands


@require_safe
@in_language
def rows(request: HttpRequest) -> HttpResponse:
    """Answer the asked rows; 10482 has left the view, and 10500 is new."""
    now = current_time()
    known = {row.number: row for row in samples.ticket_rows(translation.get_language(), now=now)}
    known[10500] = samples.ticket_rows("en", now=now)[2]
    asked = [int(number) for number in request.GET.get("numbers", "").split(",") if number.isdigit()]
    found = [known[number] for number in asked if number in known and number != 10482]
    html = "".join(cells.ticket_row(row, now=now) for row in found)
    return HttpResponse(html.replace("10491", "10500") if 10500 in asked else html)


@require_safe
@in_language
def palette(request: HttpRequest) -> HttpResponse:
    """Answer what fits the words."""
    words = request.GET.get("q", "").lower()
    items = [
        {"label": row.subject, "url": row.url, "status": row.status, "hint": str(row.number)}
        for row in samples.ticket_rows(translation.get_language(), now=current_time())
        if words in row.subject.lower()
    ]
    acts = [{"label": "Assign…", "press": "a", "icon": "user-plus", "key": "A"}]
    groups = [{"title": "This ticket", "items": acts}, {"title": "Tickets", "items": items[:5]}]
    return render(
        request, "ui/palette_results.html", {"groups": [group for group in groups if group["items"]]}
    )


@require_safe
@in_language
def suggest(request: HttpRequest) -> HttpResponse:
    """Answer words that begin like the one being typed."""
    known = ["status:", "status:open", "status:new", "team:", "priority:", "assignee:me"]
    word = request.GET.get("q", "").lower()
    found = [each for each in known if word and each.startswith(word)]
    return render(request, "ui/develop/suggest.html", {"words": found})


@require_safe
def recipients(request: HttpRequest) -> HttpResponse:
    """Answer people whose name or address fits."""
    people = [RecipientCell(f"person{person.id}@okno.example", person) for person in _people()]
    return render(request, "ui/ticket/recipient_options.html", {"people": people})


# The installation's own handler keeps what it is sent; here nothing is to be kept. It must be replaced before the form
# is read, which the check of the token would do; nothing is changed here, so there is nothing to check.
@csrf_exempt
@require_http_methods(["POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Answer as if the file were kept."""
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    (file,) = request.FILES.getlist("file")
    name = str(file.name)
    if name.endswith(".exe"):
        return JsonResponse({"detail": "Programs are not accepted"}, status=422)
    is_image = name.endswith(".png")
    return JsonResponse(
        {"id": "f1", "name": name, "size": file.size, "url": "/static/ui/favicon.svg", "is_image": is_image}
    )


@require_http_methods(["PUT"])
def draft(request: HttpRequest) -> HttpResponse:
    """Answer that the draft is kept."""
    json.loads(request.body)
    return HttpResponse(status=204)


@require_http_methods(["POST"])
@in_language
def send(request: HttpRequest) -> HttpResponse:
    """Answer the message as the conversation shows it, or 409 to the words "too late"."""
    text = request.POST.get("body", "")
    if "too late" in text:
        response = HttpResponse("<p>Somebody answered meanwhile.</p>", status=409)
        return _headed(response, {"HX-Retarget": "#composer-notice", "HX-Reswap": "innerHTML"})
    kind = request.POST.get("kind", "reply")
    message = MessageCell(
        id=7,
        kind=kind,
        direction="internal" if kind == "note" else "out",
        author=frame.person(translation.get_language()),
        created_at=current_time(),
        to=request.POST.get("to", ""),
        text=f"{text} [{request.POST.get('then', '')}]",
        is_new=True,
    )
    undo = {"label": "Undo", "url": "/_ui/undo/", "method": "post"}
    trigger = {
        "okno:toast": {"text": "Leaves in 10 s", "seconds": 10, "action": undo},
        "okno:composer": {"key": "next"},
    }
    response = render(request, "ui/ticket/message.html", {"message": message, "now": current_time()})
    return _headed(response, {"HX-Trigger": json.dumps(trigger)})


@require_http_methods(["POST"])
def undo(request: HttpRequest) -> HttpResponse:
    """Give the words back."""
    trigger = {"okno:composer": {"html": "<p>taken back</p>", "kind": "reply", "key": "again"}}
    return _headed(HttpResponse(status=204), {"HX-Trigger": json.dumps(trigger)})


@require_http_methods(["POST"])
def set_value(request: HttpRequest) -> HttpResponse:
    """Accept a property, or refuse the one named "refuse"."""
    if "refuse" in request.POST.values():
        trigger = {"okno:toast": {"text": "Somebody was faster", "tone": "danger"}}
        return _headed(HttpResponse(status=409), {"HX-Trigger": json.dumps(trigger), "HX-Reswap": "none"})
    return HttpResponse(status=204)


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """Serve foreign HTML with a policy of its own, as the mail frame wants it."""
    response = HttpResponse(
        '<!doctype html><html lang="ru"><body style="margin:0;font:14px/1.5 sans-serif">'
        '<h3 style="margin:0">Спасибо!</h3>'
        '<p>Вот <a href="https://example.com/" target="_blank">ссылка</a>, '
        '<span style="color:#b00">красное</span> и таблица:</p>'
        '<table border="1" cellpadding="4"><tr><td>Накладная</td><td>17 шт.</td></tr></table></body></html>'
    )
    policy = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    response["X-Frame-Options"] = "SAMEORIGIN"
    return _headed(response, {"Content-Security-Policy": policy})


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """Answer the bell's list."""
    return render(request, "ui/develop/notifications.html", _context(request))


@require_safe
def notifications_count(request: HttpRequest) -> HttpResponse:
    """Answer how many are unread."""
    return JsonResponse({"count": 4})


def _headed(response: HttpResponse, headers: dict[str, str]) -> HttpResponse:
    for name, value in headers.items():
        response[name] = value
    return response


urlpatterns = [
    path("", sheet),
    path("list/", ticket_list),
    path("ticket/", ticket),
    path("settings/", settings_page),
    path("auth/", auth_page),
    path("public/", public_page),
    path("rows/", rows),
    path("palette/", palette),
    path("suggest/", suggest),
    path("recipients/", recipients),
    path("upload/", upload),
    path("draft/", draft),
    path("send/", send),
    path("undo/", undo),
    path("set/", set_value),
    path("mail/", mail),
    path("notifications/", notifications),
    path("notifications/count/", notifications_count),
]
