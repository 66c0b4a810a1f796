"""The addresses that a token may be used from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("team", "0002_walls"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="networks",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
