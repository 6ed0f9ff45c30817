"""What searching reads, and the triggers that keep it right whatever route a change takes."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The text of a sanitised body. Marks within a word (CO<sub>2</sub>) do not divide it; all other marks do.
PLAIN = r"""
CREATE FUNCTION articles_search_plain(html text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT replace(replace(replace(replace(replace(
    regexp_replace(
        regexp_replace(html, '</?(?:a|abbr|b|cite|code|em|i|mark|s|small|span|strong|sub|sup|u)(?:\s[^>]*)?>', '', 'gi'),
        '<[^>]*>', ' ', 'g'
    ),
    '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&')
$$;
"""
UNDO_PLAIN = "DROP FUNCTION articles_search_plain(text);"

# Letters without accents; "A&E" as one word; what joins words (hyphens, slashes) as spaces. articles.search.fold() does
# the same to what people type. A text is searched as far as its first 200,000 characters: PostgreSQL refuses to make a
# vector of a very long one, and that must not stop a publication.
FOLD = r"""
CREATE FUNCTION articles_search_fold(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT translate(
    regexp_replace(
        regexp_replace(normalize(left(words, 200000), NFKD), '[\u0300-\u036f]', '', 'g'),
        '\m([A-Za-z])\s?&\s?([A-Za-z])\M', '\1and\2', 'g'
    ),
    '-‐‑‒–—−/_<>', '           '
)
$$;
"""
UNDO_FOLD = "DROP FUNCTION articles_search_fold(text);"

# Three letters at a time, for words that look alike.
TRIGRAMS = r"""
CREATE FUNCTION articles_search_trigrams(word text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT array_agg(DISTINCT substr('  ' || word || ' ', place, 3)) FROM generate_series(1, length(word) + 1) AS place
$$;
CREATE INDEX articles_search_alike ON articles_searchword USING gin (articles_search_trigrams(word));
"""
UNDO_TRIGRAMS = """
DROP INDEX articles_search_alike;
DROP FUNCTION articles_search_trigrams(text);
"""

# The names of topics and authors are those of today; the byline is the one in print.
HEADING = r"""
CREATE FUNCTION articles_search_heading(subject bigint, title text, standfirst text, byline text) RETURNS tsvector
LANGUAGE sql STABLE AS $$
SELECT setweight(to_tsvector('pg_catalog.english', articles_search_fold(title)), 'A')
    || setweight(to_tsvector('pg_catalog.english', articles_search_fold(standfirst)), 'B')
    || setweight(to_tsvector('pg_catalog.english', articles_search_fold(concat_ws(' . ',
        (SELECT string_agg(topic.name, ' . ' ORDER BY topic.id) FROM articles_topic AS topic
         JOIN articles_article_topics AS held ON held.topic_id = topic.id WHERE held.article_id = subject),
        byline,
        (SELECT string_agg(author.name, ' . ' ORDER BY author.id) FROM articles_author AS author
         JOIN articles_byline AS line ON line.author_id = author.id WHERE line.article_id = subject)
    ))), 'C')
$$;
"""
UNDO_HEADING = "DROP FUNCTION articles_search_heading(bigint, text, text, text);"

# Two changes at the same time, as a new name of a topic and a publication on that topic, would each not see the
# other's; so they take turns until they commit.
REFRESH = r"""
CREATE FUNCTION articles_search_refresh(subjects bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('articles_search'));
    DELETE FROM articles_searchentry AS entry WHERE entry.article_id = ANY (subjects) AND NOT EXISTS (
        SELECT FROM articles_article AS article WHERE article.id = entry.article_id
        AND article.status IN ('scheduled', 'published', 'retired')
        AND article.revision_id IS NOT NULL AND article.publish_at IS NOT NULL
    );
    INSERT INTO articles_searchentry AS entry
        (article_id, visible_from, minutes, offers_cpd, review_due_on, topics, heading, words)
    SELECT found.id, found.publish_at, found.reading_minutes,
        -- As articles.standing says it, but for the review, whose day may pass at any time.
        found.status <> 'retired' AND coalesce((found.details ->> 'offers_cpd')::boolean, true)
            AND btrim(coalesce(found.details ->> 'competing_interests', ''), E' \t\r\n') <> ''
            AND coalesce((
                SELECT change.significance FROM articles_revision AS change
                WHERE change.article_id = found.id AND change.number <= found.number
                AND change.significance <> 'editorial' ORDER BY change.number DESC LIMIT 1
            ), '') <> 'withdrawal',
        (found.details ->> 'review_due_on')::date,
        ARRAY(SELECT held.topic_id FROM articles_article_topics AS held
              WHERE held.article_id = found.id ORDER BY held.topic_id),
        found.heading,
        -- The body first: its places then stay the same whatever the heading becomes.
        setweight(to_tsvector('pg_catalog.english', found.body), 'D') || found.heading
    FROM (
        SELECT article.id, article.status, article.publish_at, text.number, text.reading_minutes, text.details,
            articles_search_heading(article.id, text.title, text.standfirst, text.byline) AS heading,
            articles_search_fold(articles_search_plain(text.body)) AS body
        FROM articles_article AS article JOIN articles_revision AS text ON text.id = article.revision_id
        WHERE article.id = ANY (subjects) AND article.status IN ('scheduled', 'published', 'retired')
        AND article.publish_at IS NOT NULL
        OFFSET 0
    ) AS found
    ON CONFLICT (article_id) DO UPDATE SET
        visible_from = excluded.visible_from, minutes = excluded.minutes, offers_cpd = excluded.offers_cpd,
        review_due_on = excluded.review_due_on, topics = excluded.topics, heading = excluded.heading,
        words = excluded.words;
    PERFORM articles_search_learn(subjects);
END $$;

CREATE FUNCTION articles_search_learn(subjects bigint[]) RETURNS void LANGUAGE sql AS $$
INSERT INTO articles_searchword (word)
SELECT DISTINCT lexeme FROM articles_article AS article
JOIN articles_revision AS text ON text.id = article.revision_id
CROSS JOIN LATERAL unnest(to_tsvector('pg_catalog.simple', articles_search_fold(concat_ws(' ',
    text.title, text.standfirst, text.byline, articles_search_plain(text.body))))) AS found
WHERE article.id = ANY (subjects) AND article.status IN ('scheduled', 'published', 'retired')
AND lexeme ~ '^[a-z][a-z0-9]{2,39}$'
UNION
SELECT lexeme FROM (
    SELECT name FROM articles_topic WHERE id IN
        (SELECT topic_id FROM articles_article_topics WHERE article_id = ANY (subjects))
    UNION ALL
    SELECT name FROM articles_author WHERE id IN
        (SELECT author_id FROM articles_byline WHERE article_id = ANY (subjects))
) AS named CROSS JOIN LATERAL unnest(to_tsvector('pg_catalog.simple', articles_search_fold(named.name))) AS found
WHERE lexeme ~ '^[a-z][a-z0-9]{2,39}$'
-- In one order, so that two publications that bring the same new words do not wait for each other.
ORDER BY 1
ON CONFLICT DO NOTHING
$$;

-- A new name changes only the heading; the body is not read again.
CREATE FUNCTION articles_search_rename(subjects bigint[], name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE articles_searchentry AS entry SET heading = named.heading,
        words = ts_filter(entry.words, '{d}') || named.heading
    FROM (
        SELECT article.id, articles_search_heading(article.id, text.title, text.standfirst, text.byline) AS heading
        FROM articles_article AS article JOIN articles_revision AS text ON text.id = article.revision_id
        WHERE article.id = ANY (subjects)
        OFFSET 0
    ) AS named WHERE named.id = entry.article_id;
    INSERT INTO articles_searchword (word)
    SELECT lexeme FROM unnest(to_tsvector('pg_catalog.simple', articles_search_fold(name))) AS found
    WHERE lexeme ~ '^[a-z][a-z0-9]{2,39}$' ORDER BY lexeme ON CONFLICT DO NOTHING;
END $$;
"""
UNDO_REFRESH = """
DROP FUNCTION articles_search_rename(bigint[], text);
DROP FUNCTION articles_search_learn(bigint[]);
DROP FUNCTION articles_search_refresh(bigint[]);
"""

TRIGGERS = r"""
CREATE FUNCTION articles_search_article_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_search_refresh(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER articles_search_inserted AFTER INSERT ON articles_article
    FOR EACH ROW WHEN (NEW.revision_id IS NOT NULL) EXECUTE FUNCTION articles_search_article_changed();
-- Saving a draft, which an author's desk does all the time, changes none of these.
CREATE TRIGGER articles_search_updated AFTER UPDATE ON articles_article
    FOR EACH ROW WHEN ((OLD.status, OLD.revision_id, OLD.publish_at) IS DISTINCT FROM
        (NEW.status, NEW.revision_id, NEW.publish_at))
    EXECUTE FUNCTION articles_search_article_changed();

CREATE FUNCTION articles_search_revision_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_search_refresh(ARRAY[NEW.article_id]);
    RETURN NULL;
END $$;
-- Only a scheduled text can change; who made it may be forgotten at any time.
CREATE TRIGGER articles_search_updated AFTER UPDATE ON articles_revision
    FOR EACH ROW WHEN (to_jsonb(OLD) - 'made_by_id' IS DISTINCT FROM to_jsonb(NEW) - 'made_by_id')
    EXECUTE FUNCTION articles_search_revision_changed();

CREATE FUNCTION articles_search_filing_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    subjects bigint[];
BEGIN
    -- An UPDATE may move the row from one article to another.
    subjects := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.article_id] WHEN 'DELETE' THEN ARRAY[OLD.article_id]
        ELSE ARRAY[OLD.article_id, NEW.article_id] END;
    IF EXISTS (SELECT FROM articles_article WHERE id = ANY (subjects) AND revision_id IS NOT NULL) THEN
        PERFORM articles_search_refresh(subjects);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER articles_search_changed AFTER INSERT OR UPDATE OR DELETE ON articles_article_topics
    FOR EACH ROW EXECUTE FUNCTION articles_search_filing_changed();
CREATE TRIGGER articles_search_changed AFTER INSERT OR UPDATE OR DELETE ON articles_byline
    FOR EACH ROW EXECUTE FUNCTION articles_search_filing_changed();

CREATE FUNCTION articles_search_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('articles_search'));
    PERFORM articles_search_rename(
        CASE TG_TABLE_NAME
        WHEN 'articles_topic' THEN ARRAY(SELECT article_id FROM articles_article_topics WHERE topic_id = NEW.id)
        ELSE ARRAY(SELECT article_id FROM articles_byline WHERE author_id = NEW.id) END,
        NEW.name
    );
    RETURN NULL;
END $$;
CREATE TRIGGER articles_search_renamed AFTER UPDATE ON articles_topic
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION articles_search_renamed();
CREATE TRIGGER articles_search_renamed AFTER UPDATE ON articles_author
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION articles_search_renamed();
"""
UNDO_TRIGGERS = """
DROP TRIGGER articles_search_inserted ON articles_article;
DROP TRIGGER articles_search_updated ON articles_article;
DROP TRIGGER articles_search_updated ON articles_revision;
DROP TRIGGER articles_search_changed ON articles_article_topics;
DROP TRIGGER articles_search_changed ON articles_byline;
DROP TRIGGER articles_search_renamed ON articles_topic;
DROP TRIGGER articles_search_renamed ON articles_author;
DROP FUNCTION articles_search_article_changed();
DROP FUNCTION articles_search_revision_changed();
DROP FUNCTION articles_search_filing_changed();
DROP FUNCTION articles_search_renamed();
"""
FILL = "SELECT articles_search_refresh(ARRAY(SELECT id FROM articles_article WHERE revision_id IS NOT NULL));"


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0008_working_copies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('article', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search_entry', serialize=False, to='articles.article')),
                ('visible_from', models.DateTimeField()),
                ('minutes', models.PositiveSmallIntegerField()),
                ('offers_cpd', models.BooleanField()),
                ('review_due_on', models.DateField(null=True)),
                ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField())),
                ('heading', django.contrib.postgres.search.SearchVectorField()),
                ('words', django.contrib.postgres.search.SearchVectorField()),
            ],
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('word', models.CharField(max_length=40, primary_key=True, serialize=False)),
            ],
        ),
        migrations.RemoveIndex(
            model_name='article',
            name='articles_newest_first',
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('revision__isnull', False), ('status__in', ('scheduled', 'published', 'retired'))), fields=['-publish_at', '-id'], name='articles_newest_first'),
        ),
        migrations.AddIndex(
            model_name='searchentry',
            index=models.Index(fields=['-visible_from', '-article'], name='articles_search_newest'),
        ),
        migrations.AddIndex(
            model_name='searchentry',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['heading'], name='articles_search_heading'),
        ),
        migrations.AddIndex(
            model_name='searchentry',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['words'], name='articles_search_words'),
        ),
        migrations.AddIndex(
            model_name='searchentry',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['topics'], name='articles_search_topics'),
        ),
        migrations.RunSQL(PLAIN, UNDO_PLAIN),
        migrations.RunSQL(FOLD, UNDO_FOLD),
        migrations.RunSQL(TRIGRAMS, UNDO_TRIGRAMS),
        migrations.RunSQL(HEADING, UNDO_HEADING),
        migrations.RunSQL(REFRESH, UNDO_REFRESH),
        migrations.RunSQL(TRIGGERS, UNDO_TRIGGERS),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
