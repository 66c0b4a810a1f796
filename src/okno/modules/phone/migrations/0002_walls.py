"""Row security and composite keys of this package's tables."""

from django.db import migrations

from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    dependencies = [
        ("phone", "0001_initial"),
        ("tenancy", "0002_system_functions"),
        ("team", "0002_walls"),
        ("tickets", "0002_walls"),
    ]

    operations = [
        Walls("PhoneCall"),
        Walls("ReportedCall"),
    ]
