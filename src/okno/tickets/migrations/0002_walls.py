"""Row security and composite keys of this package's tables."""

from django.db import migrations

from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0001_initial"),
        ("tenancy", "0002_system_functions"),
        ("team", "0002_walls"),
        ("people", "0002_walls"),
        ("email", "0002_walls"),
    ]

    operations = [
        Walls(
            "Status",
            "RequestType",
            "Topic",
            "CustomField",
            "Ticket",
            "TicketTag",
            "CustomValue",
            "Participant",
            "ReadMark",
            "TicketLink",
            "Message",
            "Delivery",
            "Attachment",
            "HeldMessage",
            "Draft",
        ),
    ]
