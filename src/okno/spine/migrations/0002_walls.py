"""Row security and composite keys of this package's tables, and how due rows are found."""

from django.db import migrations

from okno.tenancy import system_functions
from okno.tenancy.operations import AppendOnly, SystemFunction, Walls


class Migration(migrations.Migration):
    dependencies = [
        ("spine", "0001_initial"),
        ("tenancy", "0002_system_functions"),
    ]

    operations = [
        Walls("Event", "Receipt", "Reaction", "Timer"),
        AppendOnly("Event"),
        SystemFunction(system_functions.EVENTS_AFTER),
        SystemFunction(system_functions.due_rows("spine_reaction")),
        SystemFunction(system_functions.due_rows("spine_timer")),
    ]
