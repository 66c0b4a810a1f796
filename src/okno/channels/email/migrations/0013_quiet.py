"""What a quiet workspace would send or ask outside waits until it is released."""

from django.db import migrations

from okno.tenancy import system_functions
from okno.tenancy.operations import SystemFunction


class Migration(migrations.Migration):
    dependencies = [
        ("email", "0012_report_words"),
        ("tenancy", "0004_quiet"),
    ]

    operations = [
        SystemFunction(system_functions.due_rows_of_released("email_outgoingmail")),
        SystemFunction(system_functions.due_rows_of_released("email_mailboxlookup")),
    ]
