"""Versions of configuration; the audit reads events from the newest, and by actor."""

import django.db.models.deletion
from django.db import migrations, models

from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    dependencies = [
        ("spine", "0002_walls"),
        ("tenancy", "0003_brand"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConfigVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("object_id", models.BigIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("values", models.JSONField(default=dict)),
                ("actor_kind", models.TextField()),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.TextField()),
                ("restores", models.PositiveIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["workspace", "id"], name="spine_event_newest"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["workspace", "actor_kind", "actor_id", "id"], name="spine_event_actor"
            ),
        ),
        migrations.AddField(
            model_name="configversion",
            name="workspace",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.workspace",
            ),
        ),
        migrations.AddConstraint(
            model_name="configversion",
            constraint=models.UniqueConstraint(
                fields=("workspace", "kind", "object_id", "number"), name="spine_configversion_key"
            ),
        ),
        Walls("ConfigVersion"),
    ]
