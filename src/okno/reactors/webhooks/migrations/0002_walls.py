"""Row security and composite keys of this package's tables, and how due deliveries are found."""

from django.db import migrations

from okno.tenancy import system_functions
from okno.tenancy.operations import SystemFunction, Walls


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0001_initial"),
        ("tenancy", "0004_quiet"),
        ("team", "0002_walls"),
    ]

    operations = [
        Walls("Webhook", "WebhookDelivery"),
        SystemFunction(system_functions.DUE_WEBHOOK_DELIVERIES),
    ]
