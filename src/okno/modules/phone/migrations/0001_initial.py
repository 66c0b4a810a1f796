"""What is written down of calls, and which ones exchanges told of."""

import django.db.models.deletion
from django.db import migrations, models

import okno.tenancy.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("team", "0004_works_elsewhere"),
        ("tenancy", "0004_quiet"),
        ("tickets", "0006_every_door"),
    ]

    operations = [
        migrations.CreateModel(
            name="PhoneCall",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "direction",
                    models.TextField(choices=[("in", "Incoming"), ("out", "Outgoing")], default="in"),
                ),
                ("is_missed", models.BooleanField(default=False)),
                ("number", models.TextField(blank=True, default="")),
                ("who", models.TextField(blank=True, default="")),
                ("subject", models.TextField(blank=True, default="")),
                ("said", models.TextField(blank=True, default="")),
                ("place", models.TextField(blank=True, default="")),
                ("solution", models.TextField(blank=True, default="")),
                ("started_at", models.DateTimeField()),
                ("duration", models.PositiveIntegerField(null=True)),
                ("saved_at", models.DateTimeField()),
                ("key", models.UUIDField(null=True)),
                ("page", models.UUIDField(null=True)),
                ("version", models.PositiveIntegerField(default=0)),
                (
                    "saved_by",
                    okno.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="team.member",
                    ),
                ),
                (
                    "started_by",
                    okno.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="team.member",
                    ),
                ),
                (
                    "ticket",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.ticket"
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
        ),
        migrations.CreateModel(
            name="ReportedCall",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("reference", models.TextField()),
                ("created_at", models.DateTimeField()),
                (
                    "call",
                    okno.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="phone.phonecall",
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
        ),
        migrations.AddIndex(
            model_name="phonecall",
            index=models.Index(fields=["workspace", "number", "-id"], name="phone_call_number"),
        ),
        migrations.AddConstraint(
            model_name="phonecall",
            constraint=models.UniqueConstraint(fields=("workspace", "ticket"), name="phone_call_ticket"),
        ),
        migrations.AddConstraint(
            model_name="phonecall",
            constraint=models.UniqueConstraint(fields=("workspace", "key"), name="phone_call_key"),
        ),
        migrations.AddIndex(
            model_name="reportedcall",
            index=models.Index(fields=["workspace", "created_at"], name="phone_reported_created"),
        ),
        migrations.AddIndex(
            model_name="reportedcall",
            index=models.Index(fields=["workspace", "call"], name="phone_reported_call"),
        ),
        migrations.AddConstraint(
            model_name="reportedcall",
            constraint=models.UniqueConstraint(fields=("workspace", "reference"), name="phone_reported_key"),
        ),
    ]
