"""Row security and composite keys of this package's tables, and how due rows are found."""

from django.db import migrations

from okno.tenancy import system_functions
from okno.tenancy.operations import SystemFunction, Walls


class Migration(migrations.Migration):
    dependencies = [
        ("email", "0001_initial"),
        ("tenancy", "0002_system_functions"),
        ("team", "0002_walls"),
    ]

    operations = [
        Walls("Mailbox", "RawMail", "OutgoingMail"),
        SystemFunction(system_functions.due_rows("email_rawmail")),
        SystemFunction(system_functions.due_rows("email_outgoingmail")),
    ]
