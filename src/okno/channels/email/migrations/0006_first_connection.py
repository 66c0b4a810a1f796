"""What a mailbox holds is looked at before it is taken, and nothing leaves by it until it is released."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import okno.tenancy.fields
from okno.tenancy import system_functions
from okno.tenancy.operations import SystemFunction, Walls


class Migration(migrations.Migration):
    dependencies = [
        ("email", "0005_senders"),
        ("tenancy", "0002_system_functions"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailboxLookup",
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
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("preview", "What lies in the mailbox"),
                            ("domain", "What the sending domain says of itself"),
                        ]
                    ),
                ),
                ("question", models.JSONField(default=dict)),
                ("answer", models.JSONField(default=dict)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="mailbox",
            name="awaits_window",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="connected_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="first_uid",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="first_uidvalidity",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="import_takes_seen",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="released_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="awaits_release",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="rawmail",
            name="is_import",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("awaits_release", True)),
                fields=["workspace", "mailbox"],
                name="email_out_unreleased",
            ),
        ),
        migrations.AddField(
            model_name="mailboxlookup",
            name="mailbox",
            field=okno.tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="email.mailbox"
            ),
        ),
        migrations.AddField(
            model_name="mailboxlookup",
            name="workspace",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.workspace",
            ),
        ),
        migrations.AddIndex(
            model_name="mailboxlookup",
            index=models.Index(
                condition=models.Q(("state", "due")), fields=["due_at"], name="email_lookup_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="mailboxlookup",
            constraint=models.UniqueConstraint(
                fields=("workspace", "mailbox", "kind"), name="email_lookup_key"
            ),
        ),
        Walls("MailboxLookup"),
        SystemFunction(system_functions.due_rows("email_mailboxlookup")),
    ]
