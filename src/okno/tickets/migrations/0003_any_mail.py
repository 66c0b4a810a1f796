"""Any mail: side threads, spam, what became of a message for each recipient, held mail without a ticket."""

import django.db.models.deletion
from django.db import migrations, models

import okno.tenancy.fields
from okno.tenancy.operations import Walls


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_walls"),
        ("team", "0002_walls"),
        ("tenancy", "0002_system_functions"),
        ("tickets", "0002_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="SideThread",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("subject", models.TextField()),
                ("people", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="delivery",
            name="is_permanent",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="delivery",
            name="status",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="ticket",
            name="spam_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="heldmessage",
            name="ticket",
            field=okno.tenancy.fields.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="held",
                to="tickets.ticket",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("spam_at__isnull", False)),
                fields=["workspace", "-spam_at", "-id"],
                name="tickets_spam",
            ),
        ),
        migrations.AddField(
            model_name="sidethread",
            name="opened_by",
            field=okno.tenancy.fields.TenantForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="team.member"
            ),
        ),
        migrations.AddField(
            model_name="sidethread",
            name="ticket",
            field=okno.tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="side_threads", to="tickets.ticket"
            ),
        ),
        migrations.AddField(
            model_name="sidethread",
            name="workspace",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.workspace",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="side_thread",
            field=okno.tenancy.fields.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="tickets.sidethread",
            ),
        ),
        migrations.AddIndex(
            model_name="sidethread",
            index=models.Index(fields=["workspace", "ticket"], name="tickets_side_ticket"),
        ),
        Walls("SideThread", "Message"),
    ]
