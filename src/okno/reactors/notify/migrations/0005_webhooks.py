"""News of webhooks that were switched off."""

import django.db.models.deletion
from django.db import migrations, models

import okno.tenancy.fields
from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    dependencies = [
        ("notify", "0004_side_answers"),
        ("webhooks", "0002_walls"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="webhook",
            field=okno.tenancy.fields.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="webhooks.webhook",
            ),
        ),
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.TextField(
                choices=[
                    ("new_ticket", "A new ticket without an assignee in my team"),
                    ("assigned", "A ticket was assigned to me"),
                    ("side_answer", "Somebody outside answered what I had asked"),
                    ("client_reply", "The client wrote on my ticket"),
                    ("delivery_failed", "My reply could not be delivered"),
                    ("loop", "Two machines seem to answer each other on my ticket"),
                    ("reminder", "A reminder on my ticket"),
                    ("mailbox", "A mailbox cannot be opened, or soon not any more"),
                    ("webhook", "A webhook was switched off because nothing arrived"),
                ]
            ),
        ),
        Walls("Notification"),
    ]
