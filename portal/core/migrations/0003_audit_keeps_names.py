import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def forget_who_is_gone(apps, schema_editor):
    """Backwards, `by` is tied to accounts again: entries of accounts that are gone lose them."""
    user = apps.get_model(settings.AUTH_USER_MODEL)
    entries = apps.get_model("core", "AuditEntry").objects.using(schema_editor.connection.alias)
    entries.exclude(by=None).exclude(by__in=user.objects.values("pk")).update(by=None)


class Migration(migrations.Migration):

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('core', '0002_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='auditentry',
            options={'default_permissions': ('view',), 'ordering': ['-at', '-pk'], 'verbose_name': 'audit entry', 'verbose_name_plural': 'audit entries'},
        ),
        migrations.AddField(
            model_name='auditentry',
            name='by_name',
            field=models.CharField(blank=True, help_text='Empty: the portal itself.', max_length=200, verbose_name='who'),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='target_name',
            field=models.TextField(blank=True, verbose_name='its name then'),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='content_type',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype', verbose_name='what it was done to'),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_who_is_gone),
    ]
