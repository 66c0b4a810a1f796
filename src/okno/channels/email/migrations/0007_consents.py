"""Consents that run out are seen in time; since when a mailbox fails."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("email", "0006_first_connection")]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="oauth_refreshed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="oauth_expires_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="oauth_warned_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="fetch_failing_since",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="send_failing_since",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="oauthclient", name="secret_expires_on", field=models.DateField(null=True)
        ),
        migrations.AddField(
            model_name="oauthclient",
            name="secret_warned_on",
            field=models.DateField(editable=False, null=True),
        ),
    ]
