import django.db.models.deletion
from django.db import migrations, models

import okno.tenancy.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("team", "0003_token_networks"),
        ("tenancy", "0003_brand"),
        ("tickets", "0006_every_door"),
    ]

    operations = [
        migrations.CreateModel(
            name="Form",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("names", models.JSONField(default=dict)),
                ("key", models.TextField()),
                ("intros", models.JSONField(default=dict)),
                ("thanks", models.JSONField(default=dict)),
                ("sites", models.JSONField(default=list)),
                ("consent_number", models.PositiveIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                (
                    "desk",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="team.desk"
                    ),
                ),
                (
                    "team",
                    okno.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="team.team",
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
            name="ConsentText",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("texts", models.JSONField()),
                ("created_at", models.DateTimeField()),
                (
                    "workspace",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.workspace",
                    ),
                ),
                (
                    "form",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="form.form"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GivenConsent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("given_at", models.DateTimeField()),
                (
                    "text",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="form.consenttext"
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
            name="OfferedType",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "form",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="offered", to="form.form"
                    ),
                ),
                (
                    "type",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.requesttype",
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
            name="Submission",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.UUIDField()),
                (
                    "state",
                    models.TextField(
                        choices=[("waiting", "Waiting"), ("let_in", "Let in"), ("spam", "Spam")],
                        default="waiting",
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        choices=[
                            ("no_proof", "Sent without scripts, so nothing shows that a person sent it."),
                            ("trap", "A field was filled in that people do not see."),
                            ("haste", "It was sent faster than anybody types."),
                            ("rate", "Very many came from the same sender or network."),
                            ("blocked", "Its sender is blocked."),
                        ]
                    ),
                ),
                ("name", models.TextField()),
                ("address", models.TextField()),
                ("subject", models.TextField()),
                ("text", models.TextField()),
                ("values", models.JSONField(default=dict)),
                ("language", models.TextField()),
                ("is_mailed", models.BooleanField(default=False)),
                ("decided_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "consent",
                    okno.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="form.consenttext",
                    ),
                ),
                (
                    "decided_by",
                    okno.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="team.member",
                    ),
                ),
                (
                    "form",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="submissions",
                        to="form.form",
                    ),
                ),
                (
                    "ticket",
                    okno.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "type",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.requesttype",
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
            name="SubmissionFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("filename", models.TextField()),
                ("content_type", models.TextField()),
                ("size", models.BigIntegerField()),
                ("sha256", models.TextField()),
                (
                    "submission",
                    okno.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="form.submission",
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
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("who", models.TextField()),
                ("hour", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
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
                    models.UniqueConstraint(fields=("workspace", "who", "hour"), name="form_attempt_key")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="form",
            constraint=models.UniqueConstraint(fields=("workspace", "key"), name="form_key"),
        ),
        migrations.AddConstraint(
            model_name="consenttext",
            constraint=models.UniqueConstraint(
                fields=("workspace", "form", "number"), name="form_consent_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="givenconsent",
            constraint=models.UniqueConstraint(fields=("workspace", "ticket"), name="form_given_ticket"),
        ),
        migrations.AddConstraint(
            model_name="offeredtype",
            constraint=models.UniqueConstraint(fields=("workspace", "form", "type"), name="form_offered_key"),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(fields=["workspace", "state", "-id"], name="form_submission_state"),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(fields=["workspace", "expires_at"], name="form_submission_expires"),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(fields=("workspace", "key"), name="form_submission_key"),
        ),
        migrations.AddIndex(
            model_name="submissionfile",
            index=models.Index(fields=["workspace", "submission"], name="form_file_submission"),
        ),
        migrations.AddIndex(
            model_name="submissionfile",
            index=models.Index(fields=["workspace", "sha256"], name="form_file_sha256"),
        ),
    ]
