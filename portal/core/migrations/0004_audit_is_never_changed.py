"""Entries written before get their names; then the database refuses to change or delete any."""

from django.db import migrations

WORDS = "audit entries are only ever added to"

POSTGRESQL = f"""
CREATE FUNCTION refuse_change_of_audit_entry() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON core_auditentry
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit_entry();
CREATE TRIGGER audit_trail_stays BEFORE TRUNCATE ON core_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_entry();
"""
POSTGRESQL_BACK = """
DROP TRIGGER IF EXISTS audit_trail_stays ON core_auditentry;
DROP TRIGGER IF EXISTS audit_entry_stays ON core_auditentry;
DROP FUNCTION IF EXISTS refuse_change_of_audit_entry();
"""
# SQLite replaces a row (INSERT OR REPLACE) without asking the trigger that guards against its deletion.
SQLITE = (
    f"CREATE TRIGGER audit_entry_stays BEFORE UPDATE ON core_auditentry BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
    f"CREATE TRIGGER audit_trail_stays BEFORE DELETE ON core_auditentry BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
    "CREATE TRIGGER audit_entry_is_new BEFORE INSERT ON core_auditentry"
    " WHEN EXISTS (SELECT 1 FROM core_auditentry WHERE id = NEW.id)"
    f" BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
)
SQLITE_BACK = tuple(
    f"DROP TRIGGER IF EXISTS {name}" for name in ("audit_entry_stays", "audit_trail_stays", "audit_entry_is_new")
)


def keep(apps, schema_editor):
    """The triggers. On SQLite a later migration that alters the table makes it anew, and has to make these again."""
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else (POSTGRESQL,):
        schema_editor.execute(statement)


def let_go(apps, schema_editor):
    for statement in SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else (POSTGRESQL_BACK,):
        schema_editor.execute(statement)


def name_of(person):
    return person.name or person.email.partition("@")[0]


def _application(item):
    agency = item.agency.name if item.agency else item.agency_name
    return f"{name_of(item.user)}, {agency}"


#: As `str()` of each names it. A page is named by its title.
NAMES = {
    "members.user": name_of,
    "members.agency": lambda item: item.name,
    "vetting.application": _application,
    "events.recommendation": lambda item: f"{item.code} {item.text}",
    "events.followup": lambda item: f"{item.recommendation.code} @ {item.meeting.title}",
    "indicators.indicator": lambda item: item.name,
}


def give_names(apps, schema_editor):
    """From what stands today. Of what is gone, what it was and its number is all that is known."""
    database = schema_editor.connection.alias
    entries = apps.get_model("core", "AuditEntry").objects.using(database)
    for person in apps.get_model("members", "User").objects.using(database).filter(
        pk__in=entries.exclude(by=None).values("by")
    ):
        entries.filter(by_id=person.pk, by_name="").update(by_name=name_of(person))
    # These are done by people alone: without one, it was somebody whose account is deleted.
    by_people = entries.filter(by=None, by_name="", action__regex=r"^(vetting|members)\.").exclude(
        action="members.lapsed"
    )
    by_people.update(by_name="somebody whose account was deleted")
    unnamed = entries.filter(target_name="")
    for content_type, object_id in unnamed.order_by().values_list("content_type", "object_id").distinct():
        kind = apps.get_model("contenttypes", "ContentType").objects.using(database).get(pk=content_type)
        try:
            model = apps.get_model(kind.app_label, kind.model)
        except LookupError:  # an app that is not there any more
            model = None
        item = model.objects.using(database).filter(pk=object_id).first() if model else None
        if item is None:
            name = f"{kind.model} {object_id}"
        else:
            name = NAMES.get(f"{kind.app_label}.{kind.model}", lambda page: getattr(page, "title", str(page)))(item)
        unnamed.filter(content_type=content_type, object_id=object_id).update(target_name=name)


class Migration(migrations.Migration):

    # The models whose rows are named; nothing else of these apps is needed.
    dependencies = [
        ("core", "0003_audit_keeps_names"),
        ("members", "0002_directory_and_sessions"),
        ("vetting", "0001_initial"),
        ("events", "0001_initial"),
        ("practices", "0001_initial"),
        ("indicators", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(give_names, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(keep, let_go),
    ]
