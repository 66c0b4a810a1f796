"""Mails of one talk leave in the order in which they were written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("email", "0009_words_of_spam"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="lane",
            field=models.TextField(blank=True, default="", editable=False),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("state", "due"), models.Q(("lane", ""), _negated=True)),
                fields=["workspace", "lane"],
                name="email_out_lane",
            ),
        ),
    ]
