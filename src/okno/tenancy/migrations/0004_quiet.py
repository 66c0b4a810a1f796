"""Workspaces of a restored copy are quiet until they are released."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0003_brand"),
    ]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="is_quiet",
            field=models.BooleanField(default=False),
        ),
    ]
