"""How much tokens ask, and files that come in pieces."""

import django.db.models.deletion
from django.db import migrations, models

import okno.tenancy.fields
from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0002_walls"),
        ("team", "0003_token_networks"),
        ("tenancy", "0002_system_functions"),
    ]

    operations = [
        migrations.CreateModel(
            name="RequestCount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("minute", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                (
                    "token",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="team.apitoken"
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
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "token"), name="api_requestcount_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.UUIDField()),
                ("filename", models.TextField()),
                ("size", models.BigIntegerField()),
                ("sha256", models.TextField(blank=True, default="")),
                ("received", models.BigIntegerField(default=0)),
                ("attachment_key", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
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
                "indexes": [
                    models.Index(fields=["workspace", "member"], name="api_upload_member"),
                    models.Index(fields=["workspace", "expires_at"], name="api_upload_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "key"), name="api_upload_key"),
                    models.CheckConstraint(
                        condition=models.Q(("received__gte", 0), ("received__lte", models.F("size"))),
                        name="api_upload_received",
                    ),
                ],
            },
        ),
        Walls("RequestCount", "Upload"),
        # Counted with every request: what a crash forgets of it is a minute.
        migrations.RunSQL("ALTER TABLE api_requestcount SET UNLOGGED", migrations.RunSQL.noop),
    ]
