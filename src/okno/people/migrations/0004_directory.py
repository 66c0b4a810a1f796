"""Names that are found by their beginning, merged rows and their records, imported tables."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import okno.tenancy.fields
from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_vip"),
        ("tenancy", "0003_brand"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportPart",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("first_line", models.PositiveIntegerField()),
                ("rows", models.JSONField(default=list)),
                ("outcomes", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("filename", models.TextField()),
                ("columns", models.JSONField(default=list)),
                ("mapping", models.JSONField(default=list)),
                (
                    "phase",
                    models.TextField(
                        choices=[
                            ("mapping", "Mapping"),
                            ("checking", "Checking"),
                            ("checked", "Checked"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("undoing", "Undoing"),
                            ("undone", "Undone"),
                        ],
                        default="mapping",
                    ),
                ),
                ("rows", models.PositiveIntegerField(default=0)),
                ("parts_total", models.PositiveIntegerField(default=0)),
                ("parts_done", models.PositiveIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("actor_name", models.TextField()),
                ("member_id", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MergeBatch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("relation", models.TextField()),
                ("ids", models.JSONField(default=list)),
                ("removed", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="MergeRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.TextField(choices=[("contact", "Contact"), ("organization", "Organization")]),
                ),
                ("survivor_id", models.BigIntegerField()),
                ("absorbed_id", models.BigIntegerField()),
                ("survivor_name", models.TextField()),
                ("absorbed_name", models.TextField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("moving", "Moving"),
                            ("done", "Done"),
                            ("parting", "Parting"),
                            ("parted", "Parted"),
                        ],
                        default="moving",
                    ),
                ),
                ("filled", models.JSONField(default=dict)),
                ("moved", models.JSONField(default=dict)),
                ("actor_name", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("parted_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="contact",
            name="people_contact_org",
        ),
        migrations.RemoveIndex(
            model_name="organization",
            name="people_org_name",
        ),
        migrations.AddField(
            model_name="contact",
            name="merged_into",
            field=okno.tenancy.fields.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="absorbed",
                to="people.contact",
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="merged_into",
            field=okno.tenancy.fields.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="absorbed",
                to="people.organization",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="name_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Lower("name"),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="name_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Lower("name"),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["workspace", "name_key"], name="people_contact_key"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                fields=["workspace", "organization", "name", "id"], name="people_contact_org_name"
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["workspace", "merged_into"],
                name="people_contact_merged",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("is_vip", True)),
                fields=["workspace", "name", "id"],
                name="people_contact_vip",
            ),
        ),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(fields=["workspace", "name", "id"], name="people_organization_name"),
        ),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(fields=["workspace", "name_key"], name="people_organization_key"),
        ),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["workspace", "merged_into"],
                name="people_organization_merged",
            ),
        ),
        migrations.AddField(
            model_name="importpart",
            name="workspace",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.workspace",
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="workspace",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.workspace",
            ),
        ),
        migrations.AddField(
            model_name="importpart",
            name="run",
            field=okno.tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="people.importrun"
            ),
        ),
        migrations.AddField(
            model_name="mergebatch",
            name="workspace",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.workspace",
            ),
        ),
        migrations.AddField(
            model_name="mergerecord",
            name="workspace",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.workspace",
            ),
        ),
        migrations.AddField(
            model_name="mergebatch",
            name="merge",
            field=okno.tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="batches", to="people.mergerecord"
            ),
        ),
        migrations.AddIndex(
            model_name="importrun",
            index=models.Index(fields=["workspace", "-id"], name="people_importrun_newest"),
        ),
        migrations.AddConstraint(
            model_name="importpart",
            constraint=models.UniqueConstraint(
                fields=("workspace", "run", "number"), name="people_importpart_key"
            ),
        ),
        migrations.AddIndex(
            model_name="mergerecord",
            index=models.Index(
                fields=["workspace", "kind", "survivor_id", "id"], name="people_merge_survivor"
            ),
        ),
        migrations.AddConstraint(
            model_name="mergerecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "parted"), _negated=True),
                fields=("workspace", "kind", "absorbed_id"),
                name="people_merge_absorbed_key",
            ),
        ),
        migrations.AddIndex(
            model_name="mergebatch",
            index=models.Index(fields=["workspace", "merge", "id"], name="people_mergebatch_merge"),
        ),
        Walls("Organization", "Contact", "MergeRecord", "MergeBatch", "ImportRun", "ImportPart"),
    ]
