"""Contacts are found by the domain of their addresses."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_directory"),
        ("tenancy", "0003_brand"),
    ]

    operations = [
        migrations.AddField(
            model_name="contactaddress",
            name="domain",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.F("value"), models.Value("@"), models.Value(2), function="split_part"
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="contactaddress",
            index=models.Index(fields=["workspace", "domain", "contact"], name="people_address_domain"),
        ),
    ]
