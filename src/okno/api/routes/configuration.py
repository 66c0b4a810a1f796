"""What tickets are made of: statuses, request types, topics."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from okno.api.answers.base import Listed
from okno.api.answers.configuration import (
    StatusAnswer,
    TopicAnswer,
    TypeAnswer,
    WholeStatusAnswer,
    WholeTopicAnswer,
    WholeTypeAnswer,
    status_answer,
    topic_answer,
    type_answer,
    whole_status_answer,
    whole_topic_answer,
    whole_type_answer,
)
from okno.api.callers import ApiRequest
from okno.api.inputs import Given, Id, Key, Line, PathId, Plain, Truth
from okno.api.rights import INSIGHT, needs
from okno.lib.errors import NotFound
from okno.team.policy import SETTINGS_WRITE
from okno.tickets.commands import statuses, topics, types
from okno.tickets.commands.configuring import KEY
from okno.tickets.models import RequestType, Status, StatusCategory, TicketKind, Topic

router = Router(tags=["configuration"])

CONFIGURATORS = needs(SETTINGS_WRITE, everywhere=True)
GivenTexts = Annotated[dict[Literal["en", "ru"], Line], Field(max_length=2, description="By language.")]
GivenKey = Annotated[
    Plain,
    Field(
        max_length=40,
        description="Never changes; filters and programs know it by this. Without it, it is made of the name.",
        json_schema_extra={"pattern": f"^({KEY.pattern})?$"},
    ),
]
Row = TypeVar("Row", RequestType, Status, Topic)


class Unused(Given):
    """Whether what is out of use is wanted too."""

    all: bool = Field(False, description="Those out of use too.")


class NewStatusBody(Given):
    """A status of one of the six categories."""

    names: GivenTexts
    category: StatusCategory
    key: GivenKey = ""
    public_names: GivenTexts = {}
    is_default: Truth = False


class StatusChange(Given):
    """What is to change; what is absent stays as it is."""

    names: GivenTexts = Field(default_factory=dict)
    public_names: GivenTexts = Field(default_factory=dict)
    is_default: Truth = Field(default_factory=bool)
    is_active: Truth = Field(default_factory=bool)


class AskedField(Given):
    """A field that requesters are asked."""

    field: Key = Field(description="`topic`, `device`, `priority` or `custom.<key>`.")
    required: Truth = False


GivenAsked = Annotated[list[AskedField], Field(max_length=50)]


class NewTypeBody(Given):
    """A request type."""

    names: GivenTexts
    desk: Id
    key: GivenKey = ""
    kind: TicketKind = TicketKind.REQUEST
    team: Id | None = Field(None, description="Of this desk; gets the tickets of the type.")
    public_names: GivenTexts = {}
    hints: GivenTexts = {}
    is_public: Truth = True
    is_default: Truth = False
    asked: GivenAsked = []


class TypeChange(Given):
    """What is to change; what is absent stays as it is."""

    names: GivenTexts = Field(default_factory=dict)
    desk: Id = Field(default_factory=int)
    kind: TicketKind = Field(default_factory=lambda: TicketKind.REQUEST)
    team: Id | None = None
    public_names: GivenTexts = Field(default_factory=dict)
    hints: GivenTexts = Field(default_factory=dict)
    is_public: Truth = Field(default_factory=bool)
    is_default: Truth = Field(default_factory=bool)
    is_active: Truth = Field(default_factory=bool)
    asked: GivenAsked = Field(default_factory=list)


class NewTopicBody(Given):
    """A topic."""

    names: GivenTexts
    parent: Id | None = Field(None, description="The topic that it is below.")


class TopicChange(Given):
    """What is to change; what is absent stays as it is."""

    names: GivenTexts = Field(default_factory=dict)
    parent: Id | None = Field(None, description="null puts it at the top, with all below it.")
    is_active: Truth = Field(default_factory=bool)


@router.get("/statuses", response=Listed[StatusAnswer], auth=needs(*INSIGHT))
def list_statuses(request: ApiRequest, which: Query[Unused]) -> Listed[StatusAnswer]:
    """Return the statuses in their order."""
    rows = _listed(Status.objects.order_by("position", "id"), which)
    return Listed[StatusAnswer](items=[status_answer(row) for row in rows], next=None)


@router.post("/statuses", response={201: WholeStatusAnswer}, auth=CONFIGURATORS)
def create_status(request: ApiRequest, response: HttpResponse, body: NewStatusBody) -> WholeStatusAnswer:
    """Add a status to a category, which never changes afterwards."""
    made = statuses.create_status(actor=request.actor, values=_given(body), now=request.now)
    response["Location"] = f"/api/v1/statuses/{made.pk}"
    return whole_status_answer(made)


@router.get("/statuses/{id}", response=WholeStatusAnswer, auth=needs(*INSIGHT))
def read_status(request: ApiRequest, id: PathId) -> WholeStatusAnswer:  # noqa: A002 (the path's name)
    """Return a status as it is set up."""
    return whole_status_answer(_find(Status.objects.all(), id))


@router.patch("/statuses/{id}", response=WholeStatusAnswer, auth=CONFIGURATORS)
def change_status(request: ApiRequest, id: PathId, body: StatusChange) -> WholeStatusAnswer:  # noqa: A002
    """Change a status; the versions before stay, and can be brought back in the settings."""
    return whole_status_answer(
        statuses.change_status_setup(actor=request.actor, status_id=id, values=_given(body), now=request.now)
    )


@router.get("/types", response=Listed[TypeAnswer], auth=needs(*INSIGHT))
def list_types(request: ApiRequest, which: Query[Unused]) -> Listed[TypeAnswer]:
    """Return the request types in their order."""
    rows = _listed(_types().order_by("position", "id"), which)
    return Listed[TypeAnswer](items=[type_answer(row) for row in rows], next=None)


@router.post("/types", response={201: WholeTypeAnswer}, auth=CONFIGURATORS)
def create_type(request: ApiRequest, response: HttpResponse, body: NewTypeBody) -> WholeTypeAnswer:
    """Add a request type."""
    made = types.create_type(actor=request.actor, values=_given(body), now=request.now)
    response["Location"] = f"/api/v1/types/{made.pk}"
    return whole_type_answer(made)


@router.get("/types/{id}", response=WholeTypeAnswer, auth=needs(*INSIGHT))
def read_type(request: ApiRequest, id: PathId) -> WholeTypeAnswer:  # noqa: A002
    """Return a request type as it is set up."""
    return whole_type_answer(_find(_types(), id))


@router.patch("/types/{id}", response=WholeTypeAnswer, auth=CONFIGURATORS)
def change_type(request: ApiRequest, id: PathId, body: TypeChange) -> WholeTypeAnswer:  # noqa: A002
    """Change a request type; the versions before stay, and can be brought back in the settings."""
    return whole_type_answer(
        types.change_type(actor=request.actor, type_id=id, values=_given(body), now=request.now)
    )


@router.get("/topics", response=Listed[TopicAnswer], auth=needs(*INSIGHT))
def list_topics(request: ApiRequest, which: Query[Unused]) -> Listed[TopicAnswer]:
    """Return the topics, those above before those below."""
    rows = _listed(Topic.objects.all(), which)
    ordered = sorted(rows, key=lambda topic: (topic.path.count("/"), topic.position, topic.pk))
    return Listed[TopicAnswer](items=[topic_answer(row) for row in ordered], next=None)


@router.post("/topics", response={201: WholeTopicAnswer}, auth=CONFIGURATORS)
def create_topic(request: ApiRequest, response: HttpResponse, body: NewTopicBody) -> WholeTopicAnswer:
    """Add a topic below another or at the top."""
    made = topics.create_topic(actor=request.actor, values=_given(body), now=request.now)
    response["Location"] = f"/api/v1/topics/{made.pk}"
    return whole_topic_answer(made)


@router.get("/topics/{id}", response=WholeTopicAnswer, auth=needs(*INSIGHT))
def read_topic(request: ApiRequest, id: PathId) -> WholeTopicAnswer:  # noqa: A002
    """Return a topic as it is set up."""
    return whole_topic_answer(_find(Topic.objects.all(), id))


@router.patch("/topics/{id}", response=WholeTopicAnswer, auth=CONFIGURATORS)
def change_topic(request: ApiRequest, id: PathId, body: TopicChange) -> WholeTopicAnswer:  # noqa: A002
    """Rename a topic, hang it elsewhere with all below it, or take it out of use."""
    return whole_topic_answer(
        topics.change_topic(actor=request.actor, topic_id=id, values=_given(body), now=request.now)
    )


def _types() -> QuerySet[RequestType]:
    rows: QuerySet[RequestType] = RequestType.objects.select_related("desk", "team")
    return rows


def _listed(rows: QuerySet[Row], which: Unused) -> list[Row]:
    return list(rows if which.all else rows.filter(is_active=True))


def _find(rows: QuerySet[Row], row_id: int) -> Row:
    found = rows.filter(pk=row_id).first()
    if found is None:
        raise NotFound(_("There is no such entry."))
    return found


def _given(body: Given) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude_unset=True)
