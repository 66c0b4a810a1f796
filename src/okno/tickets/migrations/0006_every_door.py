"""What requesters are asked, unfinished calls, known tags, statuses out of use."""

import django.db.models.deletion
from django.db import migrations, models

from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0003_brand"),
        ("tickets", "0005_corrected_address"),
    ]

    operations = [
        migrations.AddField(
            model_name="requesttype",
            name="asked",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="requesttype",
            name="hints",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="requesttype",
            name="is_public",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="requesttype",
            name="public_names",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="status",
            name="is_active",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="is_draft",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="message",
            name="channel",
            field=models.TextField(
                choices=[
                    ("email", "E-mail"),
                    ("phone", "Phone"),
                    ("api", "API"),
                    ("console", "Console"),
                    ("form", "Web form"),
                    ("portal", "Portal"),
                ]
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="channel",
            field=models.TextField(
                choices=[
                    ("email", "E-mail"),
                    ("phone", "Phone"),
                    ("api", "API"),
                    ("console", "Console"),
                    ("form", "Web form"),
                    ("portal", "Portal"),
                ]
            ),
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("colour", models.TextField(blank=True, default="")),
                ("purpose", models.TextField(blank=True, default="")),
                (
                    "workspace",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "name"), name="tickets_knowntag_key")
                ],
            },
        ),
        Walls("Tag"),
    ]
