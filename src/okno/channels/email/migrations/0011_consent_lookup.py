"""Workers ask once a day whether consents still hold."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("email", "0010_lanes")]

    operations = [
        migrations.AlterField(
            model_name="mailboxlookup",
            name="kind",
            field=models.TextField(
                choices=[
                    ("preview", "What lies in the mailbox"),
                    ("domain", "What the sending domain says of itself"),
                    ("consent", "Whether the consent of the account's owner still holds"),
                ]
            ),
        ),
    ]
