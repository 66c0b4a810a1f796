"""Examples for the document: one story, in which a client's printer is jammed."""

from __future__ import annotations

from copy import deepcopy
from http import HTTPStatus
from typing import Any

JsonObject = dict[str, Any]

_MORNING, _NOON = "2026-03-02T09:00:00Z", "2026-03-02T12:00:00Z"
_FILE, _UPLOAD = "5f0c3a52-7a3e-4c57-9d31-0b1f6f5b8a11", "0d6f9e0c-1df0-4a53-8a33-b9a1e4a1c2d3"
_EVENT = "018f2c5e-6a1b-7c3d-8e4f-1a2b3c4d5e6f"
_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_DESK = {"id": 1, "name": "Support"}
_TEAM = {"id": 2, "name": "First line"}
_CLIENT = {"id": 5, "name": "Client Ltd"}
_ANNA = {"id": 7, "name": "Anna", "email": "anna@okno.example"}
_MARIA = {"id": 89, "name": "Maria", "email": "maria@client.example"}
_ANNA_MEMBER = {**_ANNA, "title": "Support engineer", "is_active": True}
_ROLE = {"role": "agent", "scope": "workspace", "desk": None, "team": None}
_WHOLE_ANNA = {
    **_ANNA_MEMBER,
    "language": "en",
    "has_joined": True,
    "roles": [{"id": 11, **_ROLE}],
    "teams": [_TEAM],
}
_ATTACHMENT = {
    "key": _FILE,
    "filename": "printer.log",
    "content_type": "text/plain",
    "size": 5242880,
    "is_inline": False,
    "content_id": "",
}
_TEAM_ANSWER = {**_TEAM, "line": 1, "desk": _DESK, "is_active": True}
_STATUS = {
    "id": 3,
    "key": "waiting",
    "category": "waiting",
    "name": "Waiting for the client",
    "public_name": "We wait for your answer",
    "is_default": True,
    "is_active": True,
}
_TYPE = {
    "id": 2,
    "key": "incident",
    "name": "Incident",
    "kind": "incident",
    "desk": _DESK,
    "team": _TEAM,
    "is_default": True,
    "is_active": True,
}
_TOPIC = {"id": 4, "name": "Printers", "parent": 3, "is_active": True}
_WEBHOOK = {
    "id": 3,
    "name": "Monitoring",
    "url": "https://hooks.client.example/okno",
    "events": ["ticket.created"],
    "owner": {"id": 7, "name": "Anna"},
    "is_active": True,
    "failing_since": None,
    "created_at": _MORNING,
}
_SECRET = "whsec_c2VjcmV0LW9mLXRoZS1leGFtcGxl"  # noqa: S105 - nobody's

EXAMPLES: dict[str, JsonObject] = {
    # What is sent.
    "NewTicketBody": {
        "subject": "The printer is jammed",
        "body": "Since this morning.",
        "requester": {"email": "maria@client.example", "name": "Maria"},
        "priority": "high",
        "tags": ["printer"],
    },
    "TicketChange": {
        "status": "resolved",
        "solution": "The roller was replaced.",
        "assignee": "anna@okno.example",
    },
    "NewMessageBody": {"kind": "reply", "body": "We are on our way.", "attachments": [_FILE]},
    "NewParticipantBody": {"role": "copied", "contact": {"email": "boss@client.example", "name": "Boris"}},
    "NewUploadBody": {"filename": "printer.log", "size": 5242880, "sha256": _DIGEST},
    "NewContactBody": {"name": "Maria", "emails": ["maria@client.example"], "phones": ["+7 495 123-45-67"]},
    "ContactChange": {"title": "Accountant", "is_vip": True},
    "NewOrganizationBody": {"name": "Client Ltd", "domains": ["client.example"]},
    "OrganizationChange": {"domains": ["client.example", "client.test"], "is_vip": True},
    "NewMemberBody": {"email": "boris@okno.example", "name": "Boris", "role": "agent", "teams": [2]},
    "MemberChange": {"is_active": False, "successor": "anna@okno.example"},
    "NewRoleBody": {"role": "supervisor", "scope": "team", "team": 2},
    "NewTeamBody": {"name": "Second line", "desk": 1, "line": 2, "members": [7]},
    "TeamChange": {"members": [7, 8]},
    "NewDeskBody": {"name": "Accounts"},
    "DeskChange": {"name": "Accounts and pay"},
    "NewStatusBody": {
        "names": {"en": "Waiting for the vendor", "ru": "Ждём поставщика"},
        "category": "waiting",
    },
    "StatusChange": {"public_names": {"en": "We wait for a part"}},
    "NewTypeBody": {
        "names": {"en": "Equipment", "ru": "Оборудование"},
        "desk": 1,
        "team": 2,
        "asked": [{"field": "device", "required": True}],
    },
    "TypeChange": {"is_public": False},
    "NewTopicBody": {"names": {"en": "Printers", "ru": "Принтеры"}, "parent": 3},
    "TopicChange": {"is_active": False},
    "NewWebhookBody": {
        "name": "Monitoring",
        "url": "https://hooks.client.example/okno",
        "events": ["ticket.created"],
    },
    "WebhookChange": {"is_active": False},
    "SendAgainBody": {"deliveries": [501]},
    "TagBody": {"name": "printer", "colour": "blue", "purpose": "Anything with paper"},
    "TagReplacementBody": {"old": "printers", "new": "printer"},
    "MergeBody": {"absorbed": 90},
    # What is answered.
    "TicketAnswer": {
        "number": 1301,
        "subject": "The printer is jammed",
        "kind": "incident",
        "type": "incident",
        "status": "new",
        "status_name": "New",
        "category": "new",
        "priority": 3,
        "channel": "api",
        "topic": None,
        "desk": _DESK,
        "team": _TEAM,
        "assignee": _ANNA,
        "requester": _MARIA,
        "organization": _CLIENT,
        "parent": None,
        "tags": ["printer"],
        "custom": {"serial": "A7-113"},
        "device": "",
        "solution": "",
        "is_spam": False,
        "message_count": 1,
        "due_at": None,
        "reminder_at": None,
        "waiting_since": _MORNING,
        "first_response_at": None,
        "resolved_at": None,
        "closed_at": None,
        "created_at": _MORNING,
        "updated_at": _MORNING,
    },
    "MessageAnswer": {
        "id": 4021,
        "kind": "reply",
        "direction": "out",
        "channel": "api",
        "subject": "Re: The printer is jammed",
        "body": "We are on our way.",
        "html": "",
        "quoted": "",
        "author": {"kind": "member", "id": 7, "name": "Anna", "address": ""},
        "is_automatic": False,
        "created_at": _NOON,
        "leaves_at": _NOON,
        "cancelled_at": None,
        "delivery": [
            {
                "address": "maria@client.example",
                "role": "to",
                "state": "failed",
                "words": "550 5.1.1 No such user",
                "code": "5.1.1",
                "is_permanent": True,
                "settled_at": _NOON,
            }
        ],
        "attachments": [_ATTACHMENT],
    },
    "AttachmentAnswer": _ATTACHMENT,
    "UploadAnswer": {
        "key": _UPLOAD,
        "filename": "printer.log",
        "size": 5242880,
        "received": 4194304,
        "expires_at": "2026-03-03T09:00:00Z",
        "attachment": None,
    },
    "ParticipantAnswer": {
        "id": 77,
        "role": "copied",
        "contact": {"id": 90, "name": "Boris", "email": "boss@client.example"},
        "member": None,
        "is_visible": True,
        "added_at": _MORNING,
    },
    "ContactAnswer": {
        "id": 89,
        "name": "Maria",
        "title": "Accountant",
        "language": "en",
        "notes": "",
        "is_vip": True,
        "sees_organization": False,
        "organization": _CLIENT,
        "emails": [{"value": "maria@client.example", "is_primary": True, "is_verified": True}],
        "phones": [{"value": "+74951234567", "is_primary": True, "is_verified": False}],
        "created_at": _MORNING,
        "updated_at": _NOON,
    },
    "OrganizationAnswer": {
        **_CLIENT,
        "domains": ["client.example"],
        "notes": "",
        "is_vip": False,
        "created_at": _MORNING,
    },
    "TagAnswer": {"name": "printer", "colour": "blue", "purpose": "Anything with paper"},
    "TagReplacementAnswer": {
        "id": 8,
        "old": "printers",
        "new": "printer",
        "done": 120,
        "is_done": False,
        "finished_at": None,
    },
    "MergeAnswer": {
        "id": 6,
        "kind": "contact",
        "survivor": {"id": 89, "name": "Maria"},
        "absorbed": {"id": 90, "name": "M. Smith"},
        "state": "done",
        "created_at": _NOON,
    },
    "MemberAnswer": _ANNA_MEMBER,
    "WholeMemberAnswer": _WHOLE_ANNA,
    "InvitedMemberAnswer": {**_WHOLE_ANNA, "has_joined": False, "was_sent": True},
    "RoleAnswer": {"id": 11, **_ROLE},
    "TeamAnswer": _TEAM_ANSWER,
    "WholeTeamAnswer": {**_TEAM_ANSWER, "members": [{"id": 7, "name": "Anna"}]},
    "DeskAnswer": {**_DESK, "is_active": True},
    "MeAnswer": {
        "member": _ANNA_MEMBER,
        "roles": [_ROLE],
        "teams": [2],
        "workspace": {"name": "Okno Ltd", "language": "en", "timezone": "Europe/Moscow"},
        "token": {
            "name": "The shop's order form",
            "scopes": ["tickets:write"],
            "networks": ["203.0.113.0/24"],
            "expires_at": "2027-03-02T09:00:00Z",
        },
    },
    "StatusAnswer": _STATUS,
    "WholeStatusAnswer": {
        **_STATUS,
        "names": {"en": "Waiting for the client", "ru": "Ждём клиента"},
        "public_names": {"en": "We wait for your answer", "ru": "Ждём вашего ответа"},
    },
    "TypeAnswer": _TYPE,
    "WholeTypeAnswer": {
        **_TYPE,
        "names": {"en": "Incident", "ru": "Инцидент"},
        "public_names": {"en": "Something does not work", "ru": "Что-то не работает"},
        "hints": {"en": "Choose it when work has stopped."},
        "is_public": True,
        "asked": [{"field": "custom.serial", "required": True}],
    },
    "TopicAnswer": _TOPIC,
    "WholeTopicAnswer": {**_TOPIC, "names": {"en": "Printers", "ru": "Принтеры"}},
    "ViewAnswer": {
        "key": "open",
        "name": "All open",
        "section": "shared",
        "filter": {"kind": "test", "field": "is_open", "values": [True]},
    },
    "EventAnswer": {
        "id": _EVENT,
        "type": "ticket.assigned",
        "version": 1,
        "created_at": _NOON,
        "actor": {"kind": "member", "id": 7, "name": "Anna"},
        "subject": {"kind": "ticket", "id": 1301, "number": 1301},
        "payload": {"old": None, "new": 7},
        "is_internal": True,
        "cause": None,
        "root": _EVENT,
    },
    "WebhookAnswer": _WEBHOOK,
    "NewWebhookAnswer": {**_WEBHOOK, "secret": _SECRET},
    "WebhookSecretAnswer": {"secret": _SECRET, "earlier_until": "2026-03-03T09:00:00Z"},
    "DeliveryLogAnswer": {
        "id": 501,
        "event": _EVENT,
        "type": "ticket.created",
        "state": "waiting",
        "status": 503,
        "answer": "try later",
        "tries": [{"at": _NOON, "status": 503, "duration": 120, "error": ""}],
        "next_at": "2026-03-02T12:01:00Z",
        "created_at": _NOON,
    },
    "SentAgainAnswer": {"count": 1},
}
EXAMPLES["EventFeed"] = {"items": [EXAMPLES["EventAnswer"]], "next": None, "resume": "eyJvIjoiZXZlbnRzIn0"}

_PROBLEMS: dict[int, tuple[str, str]] = {
    400: ("unreadable", "The request cannot be read."),
    401: ("unauthorized", "Send a valid token as “Authorization: Bearer …”."),
    403: ("not_allowed", "The token's scopes or its member's roles do not allow this."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This address has only: GET."),
    409: ("conflict", "Somebody else made the same thing at this moment; try again."),
    412: ("changed_meanwhile", "Somebody has changed this meanwhile. Fetch it again."),
    413: ("too_large", "The request is too large."),
    415: ("unsupported_media_type", "The body must be sent as application/json."),
    422: ("unknown_reference", "There is nothing like that here."),
    429: ("too_many_requests", "Too many requests; try again in 17 seconds."),
    503: ("unavailable", "The database does not answer; try again."),
}


def example_of(schema: JsonObject) -> JsonObject | None:
    """Return an example of a schema by its name, or None if there is none; a list has one item."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name.startswith("Listed_"):
        item = EXAMPLES.get(name.removeprefix("Listed_").rstrip("_"))
        return None if item is None else {"items": [deepcopy(item)], "next": None}
    found = EXAMPLES.get(name)
    return None if found is None else deepcopy(found)


def problem_example(status: int) -> JsonObject:
    """Return an example of a refusal."""
    code, detail = _PROBLEMS[status]
    field = {422: {"team": [detail]}}.get(status, {})
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": field,
    }
