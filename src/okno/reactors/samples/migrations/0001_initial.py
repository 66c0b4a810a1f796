"""Sample data: marks and work."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import okno.tenancy.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("team", "0003_token_networks"),
        ("tenancy", "0004_quiet"),
    ]

    operations = [
        migrations.CreateModel(
            name="SampleThing",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("ticket", "Ticket"),
                            ("contact", "Contact"),
                            ("organization", "Organization"),
                            ("suppression", "Suppression"),
                        ]
                    ),
                ),
                ("object_id", models.BigIntegerField()),
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
                    models.UniqueConstraint(
                        fields=("workspace", "kind", "object_id"), name="samples_thing_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SampleWork",
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
                ("kind", models.TextField(choices=[("load", "Load"), ("remove", "Remove")])),
                ("language", models.TextField()),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                (
                    "member",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="team.member"
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
                        condition=models.Q(("state", "due")), fields=["due_at"], name="samples_samplework_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "due")),
                        fields=("workspace",),
                        name="samples_one_at_a_time",
                    )
                ],
            },
        ),
    ]
