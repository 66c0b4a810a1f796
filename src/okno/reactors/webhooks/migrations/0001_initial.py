"""Webhooks and their deliveries."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import okno.tenancy.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("team", "0003_token_networks"),
        ("tenancy", "0003_brand"),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("url", models.TextField()),
                ("events", models.JSONField(default=list)),
                ("scopes", models.JSONField(default=None, null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("secret", models.TextField(editable=False)),
                ("earlier_secret", models.TextField(blank=True, default="", editable=False)),
                ("earlier_until", models.DateTimeField(editable=False, null=True)),
                ("failures", models.PositiveIntegerField(default=0, editable=False)),
                ("failing_since", models.DateTimeField(editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("deleted_at", models.DateTimeField(editable=False, null=True)),
                (
                    "owner",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="webhooks", to="team.member"
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
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
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
                ("event_uid", models.UUIDField()),
                ("event_type", models.TextField()),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("duration", models.PositiveIntegerField(null=True)),
                ("answer", models.TextField(blank=True, default="")),
                ("tries", models.JSONField(default=list)),
                (
                    "webhook",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="webhooks.webhook",
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
                        condition=models.Q(("state", "due")),
                        fields=["webhook", "due_at"],
                        name="webhooks_delivery_due",
                    ),
                    models.Index(
                        condition=models.Q(("lease_until__isnull", False), ("state", "due")),
                        fields=["webhook"],
                        name="webhooks_delivery_leased",
                    ),
                    models.Index(fields=["workspace", "webhook", "-id"], name="webhooks_delivery_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "webhook", "event_uid"), name="webhooks_delivery_once"
                    )
                ],
            },
        ),
    ]
