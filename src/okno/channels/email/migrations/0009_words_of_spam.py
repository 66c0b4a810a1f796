"""How spam begins is kept, so that an agent can tell it without opening it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("email", "0008_look"),
    ]

    operations = [
        migrations.AddField(
            model_name="rawmail",
            name="words",
            field=models.TextField(blank=True, default="", editable=False),
        ),
    ]
