"""Senders that are let in, and how many mails of one are taken in an hour."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import okno.tenancy.fields
from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    dependencies = [
        ("email", "0004_raw_runs"),
        ("team", "0002_walls"),
        ("tenancy", "0002_system_functions"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="sender_hour_limit",
            field=models.PositiveIntegerField(default=30),
        ),
        migrations.CreateModel(
            name="TrustedSender",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pattern", models.TextField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "created_by",
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
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "pattern"), name="email_trusted_key")
                ],
            },
        ),
        Walls("TrustedSender"),
    ]
