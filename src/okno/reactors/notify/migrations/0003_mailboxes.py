"""News of mailboxes, which are of no ticket."""

import django.db.models.deletion
from django.db import migrations, models

import okno.tenancy.fields
from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    dependencies = [
        ("notify", "0002_walls"),
        ("email", "0007_consents"),
        ("tickets", "0002_walls"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="ticket",
            field=okno.tenancy.fields.TenantForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.ticket"
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="mailbox",
            field=okno.tenancy.fields.TenantForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="email.mailbox"
            ),
        ),
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.TextField(
                choices=[
                    ("new_ticket", "A new ticket without an assignee in my team"),
                    ("assigned", "A ticket was assigned to me"),
                    ("client_reply", "The client wrote on my ticket"),
                    ("delivery_failed", "My reply could not be delivered"),
                    ("loop", "Two machines seem to answer each other on my ticket"),
                    ("reminder", "A reminder on my ticket"),
                    ("mailbox", "A mailbox cannot be opened, or soon not any more"),
                ]
            ),
        ),
        Walls("Notification"),
    ]
