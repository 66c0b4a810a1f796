"""How to ask whether somebody works in other workspaces too."""

from django.db import migrations

from okno.tenancy import system_functions
from okno.tenancy.operations import SystemFunction


class Migration(migrations.Migration):
    dependencies = [("team", "0003_token_networks")]

    operations = [SystemFunction(system_functions.WORKS_ELSEWHERE)]
