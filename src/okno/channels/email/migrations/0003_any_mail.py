"""Any mail: bounces and complaints, spam, consent instead of passwords, first connection without sending."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import okno.tenancy.fields
from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    dependencies = [
        ("email", "0002_walls"),
        ("team", "0002_walls"),
        ("tenancy", "0002_system_functions"),
    ]

    operations = [
        migrations.CreateModel(
            name="AutomaticAnswers",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("address", models.TextField()),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="BlockedSender",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pattern", models.TextField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="OAuthClient",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "provider",
                    models.TextField(choices=[("microsoft", "Microsoft 365"), ("google", "Google")]),
                ),
                ("client_id", models.TextField()),
                ("client_secret", models.TextField(blank=True, default="", editable=False)),
                ("directory", models.TextField(blank=True, default="")),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="SuppressedAddress",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("address", models.TextField()),
                (
                    "cause",
                    models.TextField(
                        choices=[
                            ("bounced", "Mail to it cannot be delivered"),
                            ("complaint", "Its owner reported our mail as spam"),
                        ]
                    ),
                ),
                ("status", models.TextField(blank=True, default="")),
                ("words", models.TextField(blank=True, default="")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddField(
            model_name="mailbox",
            name="auth",
            field=models.TextField(
                choices=[
                    ("password", "User name and password"),
                    ("oauth", "Consent of the account's owner (OAuth)"),
                ],
                default="password",
            ),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="import_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="is_released",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="minute_limit",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="oauth_account",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="oauth_error",
            field=models.TextField(blank=True, default="", editable=False),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="oauth_granted_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="oauth_provider",
            field=models.TextField(
                blank=True, choices=[("microsoft", "Microsoft 365"), ("google", "Google")], default=""
            ),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="oauth_secret",
            field=models.TextField(blank=True, default="", editable=False),
        ),
        migrations.AddField(
            model_name="rawmail",
            name="is_released",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="outgoingmail",
            name="purpose",
            field=models.TextField(
                choices=[
                    ("reply", "Reply"),
                    ("receipt", "Receipt"),
                    ("resolved", "Question whether it is solved"),
                    ("staff", "Staff notification"),
                    ("account", "Account mail"),
                    ("side", "Question to an outside expert"),
                    ("confirm", "Question whether an address is right"),
                ]
            ),
        ),
        migrations.AlterField(
            model_name="rawmail",
            name="outcome",
            field=models.TextField(
                blank=True,
                choices=[
                    ("", "Being read"),
                    ("opened", "Opened a ticket"),
                    ("replied", "Joined a ticket"),
                    ("held", "Held for a decision"),
                    ("duplicate", "Had come before"),
                    ("ignored", "Our own mail"),
                    ("bounced", "Could not be delivered"),
                    ("complaint", "Spam complaint"),
                    ("auto_reply", "Automatic answer"),
                    ("spam", "Spam"),
                    ("quarantined", "Could not be read yet"),
                ],
                default="",
            ),
        ),
        migrations.AddIndex(
            model_name="rawmail",
            index=models.Index(fields=["workspace", "sender", "created_at"], name="email_raw_sender"),
        ),
        migrations.AddField(
            model_name="automaticanswers",
            name="workspace",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.workspace",
            ),
        ),
        migrations.AddField(
            model_name="blockedsender",
            name="created_by",
            field=okno.tenancy.fields.TenantForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="team.member"
            ),
        ),
        migrations.AddField(
            model_name="blockedsender",
            name="workspace",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.workspace",
            ),
        ),
        migrations.AddField(
            model_name="oauthclient",
            name="workspace",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.workspace",
            ),
        ),
        migrations.AddField(
            model_name="suppressedaddress",
            name="raw",
            field=okno.tenancy.fields.TenantForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="email.rawmail"
            ),
        ),
        migrations.AddField(
            model_name="suppressedaddress",
            name="workspace",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.workspace",
            ),
        ),
        migrations.AddConstraint(
            model_name="automaticanswers",
            constraint=models.UniqueConstraint(
                fields=("workspace", "address", "day"), name="email_answers_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="blockedsender",
            constraint=models.UniqueConstraint(fields=("workspace", "pattern"), name="email_blocked_key"),
        ),
        migrations.AddConstraint(
            model_name="oauthclient",
            constraint=models.UniqueConstraint(
                fields=("workspace", "provider"), name="email_oauth_client_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="suppressedaddress",
            constraint=models.UniqueConstraint(fields=("workspace", "address"), name="email_suppressed_key"),
        ),
        Walls("AutomaticAnswers", "BlockedSender", "OAuthClient", "SuppressedAddress"),
    ]
