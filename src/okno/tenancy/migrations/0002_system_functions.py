"""Numbers of tickets come from a sequence per workspace."""

from django.db import migrations

from okno.tenancy import system_functions
from okno.tenancy.operations import SystemFunction


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0001_initial"),
    ]

    operations = [
        SystemFunction(system_functions.CREATE_NUMBER_SEQUENCE),
        SystemFunction(system_functions.NEXT_NUMBERS),
    ]
