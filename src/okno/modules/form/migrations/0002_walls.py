"""Row security and composite keys of this package's tables."""

from django.db import migrations

from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    dependencies = [
        ("form", "0001_initial"),
        ("tenancy", "0002_system_functions"),
        ("team", "0002_walls"),
        ("tickets", "0002_walls"),
    ]

    operations = [
        Walls("Form"),
        Walls("OfferedType"),
        Walls("ConsentText"),
        Walls("GivenConsent"),
        Walls("Submission"),
        Walls("SubmissionFile"),
        Walls("Attempt"),
    ]
