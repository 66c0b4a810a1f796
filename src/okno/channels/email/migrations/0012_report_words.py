"""A delivery report is called so: a delay is no failure."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("email", "0011_consent_lookup"),
    ]

    operations = [
        migrations.AlterField(
            model_name="rawmail",
            name="outcome",
            field=models.TextField(
                blank=True,
                choices=[
                    ("", "Being read"),
                    ("opened", "Opened a ticket"),
                    ("replied", "Joined a ticket"),
                    ("held", "Held for a decision"),
                    ("duplicate", "Had come before"),
                    ("ignored", "Our own mail"),
                    ("bounced", "Delivery report"),
                    ("complaint", "Spam complaint"),
                    ("auto_reply", "Automatic answer"),
                    ("spam", "Spam"),
                    ("quarantined", "Could not be read yet"),
                ],
                default="",
            ),
        ),
    ]
