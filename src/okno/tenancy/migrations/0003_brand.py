"""The brand of a workspace, its languages, who needs a second factor, and how far its setup is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0002_system_functions"),
    ]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="languages",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="workspace",
            name="logo_height",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="workspace",
            name="logo_sha256",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="workspace",
            name="logo_type",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="workspace",
            name="logo_width",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="workspace",
            name="second_factor_roles",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="workspace",
            name="setup_done",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
