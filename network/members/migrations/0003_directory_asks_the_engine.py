from django.db import migrations


class Migration(migrations.Migration):
    """The directory asks the search engine; the words it was searched in are in the index."""

    dependencies = [("members", "0002_directory_and_sessions")]

    operations = [migrations.RemoveField(model_name="profile", name="search_text")]
