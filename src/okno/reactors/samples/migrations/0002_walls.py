"""Row security and composite keys of this package's tables, and how due work is found."""

from django.db import migrations

from okno.tenancy import system_functions
from okno.tenancy.operations import SystemFunction, Walls


class Migration(migrations.Migration):
    dependencies = [
        ("samples", "0001_initial"),
        ("tenancy", "0002_system_functions"),
        ("team", "0002_walls"),
    ]

    operations = [
        Walls("SampleWork", "SampleThing"),
        SystemFunction(system_functions.due_rows("samples_samplework")),
    ]
