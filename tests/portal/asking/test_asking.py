"""The form that asks a requester what a request type wants to know."""

from __future__ import annotations

from typing import Any

from django.test import RequestFactory

from okno.portal.asking.forms import AskingForm
from okno.portal.asking.types import chosen_type, offered_types, type_cells
from okno.portal.asking.uploads import Limits, PendingFile, RequesterUploadHandler, is_readable
from okno.tickets.models import CustomField, RequestType, Topic
from tests.conftest import Shop

SAID = {"subject": "No toner", "text": "The printer is empty."}


def request_type(**values: Any) -> RequestType:
    """Return the usual type, asking what is said."""
    found = RequestType.objects.get(key="request")
    for name, value in values.items():
        setattr(found, name, value)
    found.save()
    return found


def ask(*keys: str, required: bool = False) -> list[dict[str, Any]]:
    return [{"field": key, "required": required} for key in keys]


def custom(key: str, kind: str, **values: Any) -> CustomField:
    return CustomField.objects.create(
        key=key, kind=kind, names={"en": key.title(), "ru": f"Поле {key}"}, **values
    )


def form_for(asked: list[dict[str, Any]], data: dict[str, Any] | None = None) -> AskingForm:
    return AskingForm(None if data is None else {**SAID, **data}, request_type=request_type(asked=asked))


def said(form: AskingForm) -> Any:
    """Return the answers, or what is wrong with them."""
    return form.values() if form.is_valid() else form.errors


def test_only_types_that_are_public_and_in_use_are_offered(shop: Shop) -> None:
    RequestType.objects.filter(key="complaint").update(is_public=False)
    RequestType.objects.filter(key="question").update(is_active=False)
    RequestType.objects.filter(key="request").update(
        public_names={"en": "I need something"}, hints={"en": "New things."}
    )
    offered = offered_types()
    assert [one.key for one in offered] == ["incident", "request", "suggestion"]
    chosen = chosen_type(offered, "999999")
    assert chosen is not None
    assert chosen.key == "request", "what is unknown is the usual type"
    assert chosen_type([], "1") is None
    cells = type_cells(offered, chosen)
    assert [(cell.name, cell.hint) for cell in cells if cell.is_chosen] == [
        ("I need something", "New things.")
    ]


def test_a_type_asks_its_fields_in_order_with_their_kinds(shop: Shop) -> None:
    root = Topic.objects.create(names={"en": "Hardware"}, path="/")
    leaf = Topic.objects.create(names={"en": "Printers"}, parent=root, path=f"/{root.pk}/")
    for row in (root, leaf):
        row.path = f"{row.path}{row.pk}/"
        row.save()
    gone = Topic.objects.create(names={"en": "Gone"}, is_active=False)
    custom("floor", "number")
    custom("wing", "choice", choices=["East", "West"])
    custom("since", "date")
    custom("again", "boolean")
    custom("old", "text", is_active=False)
    asked = ask(
        "custom.wing",
        "topic",
        "device",
        "priority",
        "custom.floor",
        "custom.since",
        "custom.again",
        "custom.old",
    )
    data = {
        "custom.wing": "West",
        "topic": str(leaf.pk),
        "device": "PRN-7",
        "priority": "3",
        "custom.floor": "2.5",
        "custom.since": "2026-11-20",
        "custom.again": "no",
    }
    form = form_for(asked, data)
    assert form.is_valid(), form.errors
    assert form.asked == [
        "custom.wing", "topic", "device", "priority", "custom.floor", "custom.since", "custom.again"
    ]  # fmt: skip
    assert form.values() == {
        "custom.wing": "West", "topic": leaf.pk, "device": "PRN-7", "priority": 3, "custom.floor": 2.5,
        "custom.since": "2026-11-20", "custom.again": False,
    }  # fmt: skip
    names = [str(name) for _id, name in form.fields["topic"].choices]  # type: ignore[attr-defined]
    assert "Hardware › Printers" in names
    assert "Gone" not in names
    assert form_for(ask("topic"), {"topic": str(gone.pk)}).errors.keys() == {"topic"}


def test_what_is_required_is_asked_for_and_the_rest_may_stay_empty(shop: Shop) -> None:
    custom("floor", "number")
    keys = ("topic", "device", "priority", "custom.floor")
    assert said(form_for(ask(*keys), {})) == {}
    assert said(form_for(ask(*keys, required=True), {})).keys() == set(keys)
    assert form_for(ask("custom.floor"), {"custom.floor": "nan"}).errors.keys() == {"custom.floor"}


def test_labels_are_in_the_language_of_the_reader(shop: Shop) -> None:
    from django.utils.translation import override

    custom("floor", "number")
    with override("ru"):
        assert form_for(ask("custom.floor")).fields["custom.floor"].label == "Поле floor"


def upload(shop: Shop, files: list[tuple[str, bytes]], limits: Limits) -> Any:
    """Return a request with these files as a view behind `takes_files` gets it."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = [SimpleUploadedFile(name, content, content_type="image/png") for name, content in files]
    request: Any = RequestFactory().post("/", {"files": sent, **SAID})
    request.workspace = shop.workspace
    request.upload_handlers = [RequesterUploadHandler(request, limits)]
    return request


def test_files_are_kept_only_with_the_request(shop: Shop) -> None:
    from okno.lib.stores import file_store

    request = upload(shop, [("a.png", b"<svg onload=alert(1)>"), ("../../etc/b.txt", b"plain")], Limits())
    form = AskingForm(request.POST, request.FILES, request_type=request_type())
    assert form.is_valid(), form.errors
    kept = form.kept_files()[0]
    assert (kept.filename, kept.content_type, kept.size) == ("a.png", "image/svg+xml", 21)
    assert file_store().exists(shop.workspace.pk, kept.sha256)  # type: ignore[attr-defined]
    pending: PendingFile = request.FILES.getlist("files")[1]
    assert pending.name == "b.txt"
    incoming = file_store().temporary_folder(shop.workspace.pk)  # type: ignore[attr-defined]
    both = upload(shop, [("a.txt", b"one"), ("b.txt", b"two")], Limits())
    before = set(incoming.iterdir())
    assert len(both.FILES.getlist("files")) == 2
    assert len(set(incoming.iterdir()) - before) == 2
    both.close()
    request.close()
    assert set(incoming.iterdir()) <= before


def test_too_many_and_too_large_files_are_named(shop: Shop) -> None:
    limits = Limits(count=2, file_size=10, total_size=15)
    for files, words in (
        ([("a", b"1"), ("b", b"2"), ("c", b"3")], "At most 2 files"),
        ([("big.bin", b"x" * 11)], "“big.bin” is too large"),
        ([("a", b"x" * 9), ("second.bin", b"x" * 9)], "“second.bin” is too large"),
    ):
        request = upload(shop, files, limits)
        form = AskingForm(request.POST, request.FILES, request_type=request_type())
        assert words in form.errors["files"][0]
        assert form["subject"].value() == "No toner", "nothing that was typed is lost"
        request.close()


def test_a_form_beyond_all_limits_is_not_read(shop: Shop, settings: Any) -> None:
    request = upload(shop, [("a", b"1")], Limits(total_size=1))
    request.META["CONTENT_LENGTH"] = str(5 * 1024 * 1024)
    assert not is_readable(request, Limits(total_size=1))
    many = upload(shop, [(str(number), b"1") for number in range(101)], Limits())
    assert not is_readable(many, Limits())
