"""What the portal offers, its sessions and the links by which people sign in."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import okno.tenancy.fields
from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0003_vip"),
        ("tenancy", "0003_brand"),
    ]

    operations = [
        migrations.CreateModel(
            name="PortalSession",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.TextField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("seen_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "address",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.contactaddress",
                    ),
                ),
                (
                    "contact",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.contact"
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
                    models.Index(fields=["workspace", "contact"], name="requester_portal_session_of"),
                    models.Index(fields=["workspace", "expires_at"], name="requester_portal_session_old"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "digest"), name="requester_portal_session_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PortalSetup",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "admits",
                    models.TextField(
                        choices=[
                            ("known", "Only contacts that we know"),
                            ("anybody", "Everybody who reads mail at the address that he gives"),
                        ],
                        default="anybody",
                    ),
                ),
                ("welcomes", models.JSONField(default=dict)),
                ("shares_organization", models.BooleanField(default=False)),
                ("takes_requests", models.BooleanField(default=True)),
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
                    models.UniqueConstraint(fields=("workspace",), name="requester_portal_setup_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="SignInLink",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.TextField()),
                ("browser", models.TextField()),
                ("address", models.TextField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
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
                    models.Index(fields=["workspace", "expires_at"], name="requester_portal_link_old")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "digest"), name="requester_portal_link_key")
                ],
            },
        ),
        Walls("PortalSetup", "SignInLink", "PortalSession"),
    ]
