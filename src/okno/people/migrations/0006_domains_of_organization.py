"""The domains of an organization are found by it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_mail_domains"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="organizationdomain",
            index=models.Index(fields=["workspace", "organization"], name="people_domain_organization"),
        ),
    ]
