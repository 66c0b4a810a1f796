"""Who is important, and who sees the requests of his organization."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_walls"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="is_vip",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="contact",
            name="sees_organization",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="organization",
            name="is_vip",
            field=models.BooleanField(default=False),
        ),
    ]
