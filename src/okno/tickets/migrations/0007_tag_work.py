"""Changing a tag on all tickets is work that goes on by itself."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import okno.tenancy.fields
from okno.tenancy import system_functions
from okno.tenancy.operations import SystemFunction, Walls


class Migration(migrations.Migration):
    dependencies = [
        ("team", "0004_works_elsewhere"),
        ("tenancy", "0004_quiet"),
        ("tickets", "0006_every_door"),
    ]

    operations = [
        migrations.CreateModel(
            name="TagWork",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state", models.TextField(default="due")),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("due_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("last_error", models.TextField(blank=True, default="")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("old", models.TextField()),
                ("new", models.TextField(blank=True, default="")),
                ("done", models.PositiveIntegerField(default=0)),
                (
                    "member",
                    okno.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="team.member",
                    ),
                ),
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
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "due")), fields=["due_at"], name="tickets_tagwork_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "due")),
                        fields=("workspace", "old"),
                        name="tickets_tagwork_one",
                    )
                ],
            },
        ),
        Walls("TagWork"),
        SystemFunction(system_functions.due_rows("tickets_tagwork")),
    ]
