"""Two rules that hold whatever route a change takes: published text is immutable, and every change is announced."""

from django.db import migrations

IMMUTABLE = """
CREATE FUNCTION articles_revision_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.live_from > now() THEN
        -- Scheduled: nobody has read it yet, so it may still be replaced.
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    -- Who made it may be forgotten when their account goes; the words may not change.
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'made_by_id' = to_jsonb(OLD) - 'made_by_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A published revision cannot be changed or deleted.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER articles_revision_is_immutable BEFORE UPDATE OR DELETE ON articles_revision
    FOR EACH ROW EXECUTE FUNCTION articles_revision_is_immutable();
"""
UNDO_IMMUTABLE = """
DROP TRIGGER articles_revision_is_immutable ON articles_revision;
DROP FUNCTION articles_revision_is_immutable();
"""

# meducation.lib.page_cache listens and forgets the pages it keeps; the notice goes out when the change commits.
TABLES = ("article", "article_topics", "author", "byline", "revision", "topic")
ANNOUNCE = """
CREATE FUNCTION articles_announce_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('articles_changed', '');
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER articles_announce_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles_{table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION articles_announce_change();\n"
    for table in TABLES
)
UNDO_ANNOUNCE = (
    "".join(f"DROP TRIGGER articles_announce_change ON articles_{table};\n" for table in TABLES)
    + "DROP FUNCTION articles_announce_change();"
)


class Migration(migrations.Migration):
    """Plain PL/pgSQL, which every PostgreSQL has."""

    dependencies = [("articles", "0001_initial")]

    operations = [
        migrations.RunSQL(IMMUTABLE, UNDO_IMMUTABLE),
        migrations.RunSQL(ANNOUNCE, UNDO_ANNOUNCE),
    ]
