"""Whoever went up in somebody goes with him."""

import django.db.models.deletion
from django.db import migrations

import okno.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_domains_of_organization"),
    ]

    operations = [
        migrations.AlterField(
            model_name="contact",
            name="merged_into",
            field=okno.tenancy.fields.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="absorbed",
                to="people.contact",
            ),
        ),
        migrations.AlterField(
            model_name="organization",
            name="merged_into",
            field=okno.tenancy.fields.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="absorbed",
                to="people.organization",
            ),
        ),
    ]
