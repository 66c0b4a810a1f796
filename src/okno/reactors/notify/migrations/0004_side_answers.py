"""Answers from outside ring the bell."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notify", "0003_mailboxes"),
    ]

    operations = [
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
                ]
            ),
        ),
    ]
