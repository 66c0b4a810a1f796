"""A message that went to a wrong address shows where it went instead."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0004_spam"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="resent_to",
            field=models.TextField(blank=True, default=""),
        ),
    ]
