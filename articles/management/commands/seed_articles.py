"""Fill a site with many made-up articles, to measure how it does with them. Never in production.

Their words are drawn from the sample articles, so they are about as common and as rare as in real texts, and mean
nothing. Some words are planted, for measuring searches: see PLANTED. The rows are what publishing would have made,
the search's included (a test compares them), but made in bulk: 100,000 in a minute or two.
"""

import csv
import datetime
import io
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils.text import slugify

from articles.models import Author, Topic

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"
SLUG = "seeded"
FIRST_DAY, DAYS = datetime.datetime(2013, 12, 9, 9, 0, tzinfo=datetime.UTC), 4_700
PARAGRAPHS, PARAGRAPH_WORDS, PARAGRAPHS_EACH = 3_000, (45, 75), 7
TOPICS = (
    "Cardiology", "Dentistry", "Dermatology", "Diabetes", "Emergency medicine", "Ethics", "General practice",
    "Geriatrics", "Infection", "Mental health", "Neurology", "Nursing", "Obstetrics", "Oncology", "Paediatrics",
    "Palliative care", "Pharmacy", "Radiology", "Respiratory medicine", "Surgery",
)  # fmt: skip
AUTHORS = 200
# A word and how many articles in a thousand hold it: rare, middling and very common. A third of those have it in the
# title, too.
PLANTED = {"phaeochromocytoma": 1, "sarcoidosis": 60, "auscultation": 600}
GIN_INDEXES = ("heading", "words", "topics")
TABLES = (
    "articles_article", "articles_revision", "articles_article_topics", "articles_byline", "articles_searchentry",
    "articles_searchword",
)  # fmt: skip
COLUMNS = ("number", "title", "standfirst", "paragraphs", "planted", "published_at", "topics", "author")


def _paragraph(column: str) -> list[str]:
    """Each paragraph's column, in the order of the text."""
    return [
        f"(SELECT {column} FROM seed_paragraph WHERE id = seed.paragraphs[{place}])"  # noqa: S608 (names from above)
        for place in range(1, PARAGRAPHS_EACH + 1)
    ]


TEMPORARY = """
DROP TABLE IF EXISTS seed_paragraph, seed_author, seed_article;
CREATE TEMPORARY TABLE seed_paragraph (
    id int PRIMARY KEY, html text, text text, words int, vector tsvector
) ON COMMIT DROP;
CREATE TEMPORARY TABLE seed_author (place int PRIMARY KEY, id bigint, name text, slug text) ON COMMIT DROP;
CREATE TEMPORARY TABLE seed_article (
    number int PRIMARY KEY, title text, standfirst text, paragraphs int[], planted text, published_at timestamptz,
    topics bigint[], author int, article_id bigint, revision_id bigint
) ON COMMIT DROP;
"""
STEPS = (
    "SET LOCAL maintenance_work_mem = '256MB'",
    "SET LOCAL work_mem = '128MB'",
    # What the triggers would work out row by row is made below, all at once.
    "ALTER TABLE articles_article DISABLE TRIGGER articles_search_inserted",
    "ALTER TABLE articles_article_topics DISABLE TRIGGER articles_search_changed",
    "ALTER TABLE articles_byline DISABLE TRIGGER articles_search_changed",
    """UPDATE seed_paragraph SET words = array_length(string_to_array(text, ' '), 1),
        vector = setweight(to_tsvector('pg_catalog.english', articles_search_fold(text)), 'D')""",
    """UPDATE seed_article SET article_id = nextval(pg_get_serial_sequence('articles_article', 'id')),
        revision_id = nextval(pg_get_serial_sequence('articles_revision', 'id'))""",
    "ANALYZE seed_paragraph",
    "ANALYZE seed_article",
    "ANALYZE seed_author",
    """INSERT INTO articles_article (id, title, slug, standfirst, body, acknowledgement, learning_objectives,
        competing_interests, funding, reviewed_by, status, publish_at, retired_because, created_at, changed_at)
    SELECT article_id, title, %(slug)s || lpad(number::text, 6, '0'), standfirst,
        concat('<p>' || seed.planted || '</p>', {html}), '', '', 'None declared.', '', '', 'draft', published_at, '',
        published_at, published_at FROM seed_article AS seed""".replace("{html}", ", ".join(_paragraph("html"))),
    """INSERT INTO articles_revision (id, article_id, number, title, standfirst, body, details, byline, sha256,
        rendered, outline, words, reading_minutes, significance, note, live_from, made_at)
    SELECT seed.revision_id, article.id, 1, seed.title, seed.standfirst, article.body, made.details, author.name,
        -- The canonical form of articles.models.text_hash: keys in order, no spaces.
        encode(sha256(convert_to('{"body":' || to_json(article.body) || ',"details":{"acknowledgement":"",'
            '"competing_interests":"None declared.","funding":"","interests_declared_on":null,'
            '"last_reviewed_on":null,"learning_objectives":[],"offers_cpd":true,"references":[],"review_due_on":null,'
            '"reviewed_by":"","writers":[{"credentials":"","name":' || to_json(author.name) || ',"slug":'
            || to_json(author.slug) || '}]},"standfirst":' || to_json(seed.standfirst) || ',"title":'
            || to_json(seed.title) || '}', 'UTF8')), 'hex'),
        article.body, '[]', made.words, greatest(1, ceil(made.words / 200.0)), 'update', '', seed.published_at,
        seed.published_at
    FROM seed_article AS seed
    JOIN articles_article AS article ON article.id = seed.article_id
    JOIN seed_author AS author ON author.place = seed.author
    CROSS JOIN LATERAL (
        SELECT coalesce(array_length(string_to_array(seed.planted, ' '), 1), 0) + {words} AS words,
            jsonb_build_object(
                'writers', jsonb_build_array(
                    jsonb_build_object('name', author.name, 'slug', author.slug, 'credentials', '')),
                'learning_objectives', '[]'::jsonb, 'acknowledgement', '', 'references', '[]'::jsonb,
                'competing_interests', 'None declared.', 'funding', '', 'reviewed_by', '', 'last_reviewed_on', NULL,
                'review_due_on', NULL, 'interests_declared_on', NULL, 'offers_cpd', true
            ) AS details
    ) AS made""".replace("{words}", " + ".join(_paragraph("words"))),
    "INSERT INTO articles_article_topics (article_id, topic_id) SELECT article_id, unnest(topics) FROM seed_article",
    """INSERT INTO articles_byline (article_id, author_id, position)
    SELECT seed.article_id, author.id, 1 FROM seed_article AS seed JOIN seed_author AS author
    ON author.place = seed.author""",
    "SET CONSTRAINTS ALL IMMEDIATE",
    "ALTER TABLE articles_article DISABLE TRIGGER articles_search_updated",
    """UPDATE articles_article AS article SET status = 'published', revision_id = seed.revision_id
    FROM seed_article AS seed WHERE article.id = seed.article_id""",
    # Filling an index once is quicker than adding to it a hundred thousand times.
    *(f"DROP INDEX articles_search_{name}" for name in GIN_INDEXES),
    """INSERT INTO articles_searchentry
        (article_id, visible_from, minutes, offers_cpd, review_due_on, topics, heading, words)
    SELECT seed.article_id, seed.published_at, text.reading_minutes, true, NULL, seed.topics, made.heading,
        setweight(to_tsvector('pg_catalog.english', articles_search_fold(coalesce(seed.planted, ''))), 'D')
        || {vector} || made.heading
    FROM seed_article AS seed
    JOIN articles_revision AS text ON text.id = seed.revision_id
    CROSS JOIN LATERAL (
        SELECT articles_search_heading(text.article_id, text.title, text.standfirst, text.byline) AS heading OFFSET 0
    ) AS made""".replace("{vector}", " || ".join(_paragraph("vector"))),
    *(
        f"CREATE INDEX articles_search_{name} ON articles_searchentry USING gin ({name}) WITH (fastupdate = off)"
        for name in GIN_INDEXES
    ),
    """INSERT INTO articles_searchword (word)
    SELECT DISTINCT lexeme FROM (
        SELECT text FROM seed_paragraph UNION ALL SELECT name FROM seed_author UNION ALL SELECT name FROM articles_topic
        UNION ALL SELECT DISTINCT unnest(string_to_array(concat_ws(' ', title, standfirst, planted), ' '))
        FROM seed_article
    ) AS texts CROSS JOIN LATERAL unnest(to_tsvector('pg_catalog.simple', articles_search_fold(text))) AS found
    WHERE lexeme ~ '^[a-z][a-z0-9]{2,39}$' ON CONFLICT DO NOTHING""",
    "SET CONSTRAINTS ALL IMMEDIATE",
    "ALTER TABLE articles_article ENABLE TRIGGER articles_search_inserted",
    "ALTER TABLE articles_article ENABLE TRIGGER articles_search_updated",
    "ALTER TABLE articles_article_topics ENABLE TRIGGER articles_search_changed",
    "ALTER TABLE articles_byline ENABLE TRIGGER articles_search_changed",
)


class Command(BaseCommand):
    help = "Fill the site with COUNT made-up articles in all. Refuses in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int, help="how many there shall be; those there are already are kept")

    def handle(self, *args: Any, count: int, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Made-up articles have no place among real ones: this is a site in production.")
        made = seed(count)
        with connection.cursor() as cursor:
            # Lists and counts read the index alone once the table is known to be clean; in a test's transaction only
            # the second half can be done.
            for table in TABLES:
                cursor.execute(f"{'ANALYZE' if connection.in_atomic_block else 'VACUUM (ANALYZE)'} {table}")
        self.stdout.write(f"Made {made} articles.")


@transaction.atomic
def seed(count: int) -> int:
    """Make those of the `count` seeded articles that are not there yet; how many that was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM articles_article WHERE slug LIKE %s", [f"{SLUG}-%"])
        have: int = cursor.fetchone()[0]
        if have >= count:
            return 0
        tokens = list(_sample_words())
        topics = [Topic.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0].pk for name in TOPICS]
        cursor.execute(TEMPORARY)
        _copy(cursor, "seed_paragraph", ("id", "html", "text"), _paragraphs(tokens))
        _copy(cursor, "seed_author", ("place", "id", "name", "slug"), _authors(tokens))
        _copy(cursor, "seed_article", COLUMNS, (_article(number, tokens, topics) for number in range(have, count)))
        for statement in STEPS:
            cursor.execute(statement, {"slug": f"{SLUG}-"})
    return count - have


def _sample_words() -> Iterator[str]:
    for path in sorted(SAMPLES.glob("*.toml")):
        body = tomllib.loads(path.read_text(encoding="utf-8"))["body"]
        for word in BeautifulSoup(body, "html.parser").get_text(" ").lower().split():
            if (plain := word.strip(".,;:()[]“”‘’?!")).isalpha() and plain.isascii():
                yield plain


def _chance(seed: str | int) -> random.Random:
    """The same made-up articles on every machine."""
    return random.Random(seed)  # noqa: S311 (nothing here is a secret that chance should keep)


def _paragraphs(tokens: list[str]) -> Iterator[tuple[object, ...]]:
    chance = _chance("paragraphs")
    for number in range(PARAGRAPHS):
        words = chance.choices(tokens, k=chance.randint(*PARAGRAPH_WORDS))
        # Vectors of paragraphs can be joined to that of the whole only if none ends in a word that is left out of them.
        text = f"{' '.join(words).capitalize()} reviewed."
        yield number, f"<p>{text}</p>", text


def _authors(tokens: list[str]) -> Iterator[tuple[object, ...]]:
    chance = _chance("authors")
    long = sorted({token for token in tokens if len(token) > 5})
    for place in range(AUTHORS):
        name = f"Seed {chance.choice(long).capitalize()} {chance.choice(long).capitalize()}"
        slug = f"{SLUG}-author-{place}"
        author, _ = Author.objects.get_or_create(slug=slug, defaults={"name": name})
        yield place, author.pk, author.name, slug


def _article(number: int, tokens: list[str], topics: list[int]) -> tuple[object, ...]:
    chance = _chance(number)
    planted = [word for word, share in PLANTED.items() if chance.random() * 1000 < share]
    in_title = [word for word in planted if chance.random() < 1 / 3]
    # The weight of topics and authors is as uneven as it is on a real site.
    filed = {topics[min(int(chance.paretovariate(1)) - 1, len(topics) - 1)] for _ in range(chance.randint(1, 2))}
    return (
        number,
        " ".join([*in_title, *chance.choices(tokens, k=chance.randint(4, 8))]).capitalize(),
        f"{' '.join(chance.choices(tokens, k=chance.randint(12, 25))).capitalize()}.",
        "{" + ",".join(str(chance.randrange(PARAGRAPHS)) for _ in range(PARAGRAPHS_EACH)) + "}",
        f"About {' '.join(planted)} reviewed." if planted else "",
        (FIRST_DAY + datetime.timedelta(minutes=chance.randrange(DAYS * 24 * 60))).isoformat(),
        "{" + ",".join(str(topic) for topic in sorted(filed)) + "}",
        min(int(chance.paretovariate(0.7)) - 1, AUTHORS - 1),
    )


def _copy(cursor: Any, table: str, columns: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    file.seek(0)
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (FORMAT csv)", file)
