"""The rows of the core: tickets, their messages and people, and what configures them."""

from okno.tickets.models.config import CustomField, RequestType, Status, StatusCategory, Tag, TagWork, Topic
from okno.tickets.models.message import (
    Attachment,
    Delivery,
    Direction,
    Draft,
    HeldMessage,
    Message,
    MessageKind,
    SideThread,
)
from okno.tickets.models.ticket import (
    Channel,
    CustomValue,
    Participant,
    ParticipantRole,
    Priority,
    ReadMark,
    Ticket,
    TicketKind,
    TicketLink,
    TicketTag,
)

__all__ = [
    "Attachment",
    "Channel",
    "CustomField",
    "CustomValue",
    "Delivery",
    "Direction",
    "Draft",
    "HeldMessage",
    "Message",
    "MessageKind",
    "Participant",
    "ParticipantRole",
    "Priority",
    "ReadMark",
    "RequestType",
    "SideThread",
    "Status",
    "StatusCategory",
    "Tag",
    "TagWork",
    "Ticket",
    "TicketKind",
    "TicketLink",
    "TicketTag",
    "Topic",
]
