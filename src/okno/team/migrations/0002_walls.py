"""Row security and composite keys of this package's tables."""

from django.db import migrations

from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    dependencies = [
        ("team", "0001_initial"),
        ("tenancy", "0002_system_functions"),
    ]

    operations = [
        Walls("Desk", "Team", "Member", "TeamMembership", "RoleGrant", "ApiToken"),
    ]
