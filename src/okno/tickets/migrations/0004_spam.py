"""Who called a ticket spam; counts and held mail by indexes of their own."""

import django.db.models.deletion
from django.db import migrations, models

import okno.tenancy.fields
from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    dependencies = [
        ("email", "0005_senders"),
        ("people", "0002_walls"),
        ("team", "0002_walls"),
        ("tenancy", "0002_system_functions"),
        ("tickets", "0003_any_mail"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="ticket",
            name="tickets_open_counts",
        ),
        migrations.AddField(
            model_name="ticket",
            name="spam_by",
            field=okno.tenancy.fields.TenantForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="team.member"
            ),
        ),
        migrations.AddIndex(
            model_name="heldmessage",
            index=models.Index(
                condition=models.Q(("decision", "")), fields=["workspace", "id"], name="tickets_held_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("is_open", True), ("spam_at__isnull", True)),
                fields=["workspace"],
                include=(
                    "category",
                    "status",
                    "priority",
                    "channel",
                    "kind",
                    "type",
                    "desk",
                    "team",
                    "assignee",
                    "requester",
                    "due_at",
                    "updated_at",
                ),
                name="tickets_open_counts",
            ),
        ),
        Walls("Ticket"),
    ]
