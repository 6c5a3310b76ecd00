"""Every table and every column, declared once, each with its sentence.

The sentence travels in the Parquet field metadata, and `docs/data-dictionary.md` is written
from it, so files, documents and checks cannot disagree. This module imports nothing of ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

SCHEMA_VERSION = 1
"""Raised when a published column changes meaning, type or name; an older program refuses newer tables."""

UNCLUSTERED = "unclustered"
"""Partition value of articles whose story has no second article (a null key cannot be read back)."""

UNDATED = "undated"
"""Partition value of rows without a date (a null key cannot be read back)."""

TEXT = pa.string()
NUMBER = pa.int32()
SHARE = pa.float64()
FLAG = pa.bool_()
DAY = pa.date32()
INSTANT = pa.timestamp("us", tz="UTC")
TEXTS = pa.list_(pa.field("element", pa.string()))
HASHES = pa.list_(pa.field("element", pa.uint64()))
WEIGHTS = pa.list_(pa.field("element", pa.float32()))
SPANS = pa.list_(pa.field("element", pa.struct([pa.field("begin", NUMBER), pa.field("end", NUMBER)])))
PER_DAY = pa.list_(pa.field("element", pa.struct([pa.field("day", DAY), pa.field("articles", NUMBER)])))
SHARED_SPANS = pa.list_(
    pa.field(
        "element",
        pa.struct([pa.field(name, NUMBER) for name in ("begin", "end", "original_begin", "original_end")]),
    )
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, Arrow type and the sentence an analyst reads."""

    name: str
    type: pa.DataType
    sentence: str
    required: bool = False

    def field(self) -> pa.Field:
        """The Arrow field, with the sentence in its metadata."""
        metadata = {"description": self.sentence}
        return pa.field(self.name, self.type, nullable=not self.required, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, how its files lie, what its columns are, and its total order."""

    name: str
    row: str
    layout: str
    order: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def arrow(self) -> pa.Schema:
        """The Arrow schema; the sentence of the table stands in the schema's metadata."""
        metadata = {"description": self.row, "schema_version": str(SCHEMA_VERSION)}
        return pa.schema([column.field() for column in self.columns], metadata=metadata)

    @property
    def names(self) -> list[str]:
        """The column names, in file order."""
        return [column.name for column in self.columns]

    def empty(self) -> pa.Table:
        """The table without rows."""
        return self.arrow.empty_table()


def _pick(*names: str) -> tuple[Column, ...]:
    """Columns of `articles` that another table carries with the same meaning."""
    by_name = {column.name: column for column in ARTICLES.columns}
    return tuple(by_name[name] for name in names)


ARTICLES = Table(
    "articles",
    "One publisher's page at one URL, as last captured.",
    "story_cluster=<id>/publication_date=<YYYY-MM-DD>/articles.parquet, exactly one file per leaf",
    ("article_id",),
    (
        Column(
            "article_id",
            TEXT,
            "Key of the row: hash of the canonical URL, or of the cleaned text where there is no URL.",
            required=True,
        ),
        Column("url", TEXT, "Address the page was captured from, as given by its origin."),
        Column("canonical_url", TEXT, "Normal form of the address: no fragment, no tracking parameters."),
        Column(
            "site",
            TEXT,
            "Outlet, for counting: host of the address, or else of those the page declares, without `www.`.",
        ),
        Column("site_name", TEXT, "Name the outlet gives itself on the page, or else in the list of sources."),
        Column(
            "title",
            TEXT,
            "Headline of the article, without the site's name; of the feed or sitemap where the page has none.",
        ),
        Column("authors", TEXTS, "People named as authors, in the order of the byline."),
        Column("byline", TEXTS, "Everyone the page credits with the article: `authors`, desks, agencies, the outlet."),
        Column("section", TEXT, "Section the outlet files the article under."),
        Column("tags", TEXTS, "Keywords the outlet gives the article, in page order."),
        Column("image_url", TEXT, "Main image the page declares."),
        Column(
            "opt_out",
            TEXTS,
            "Signals against text and data mining in the response's headers and the page's meta elements: noai, "
            "noimageai, tdm-reservation, content-usage:train-ai=n and the like. Empty: none was found, which allows "
            "nothing by itself.",
        ),
        Column(
            "is_tls_verified",
            FLAG,
            "Whether the certificate of the page's host was checked when a source was fetched; false only by that "
            "source's setting. Null for pages that came another way, or without TLS.",
        ),
        Column("is_paywalled", FLAG, "Whether the page says its text is for subscribers; null when it says nothing."),
        Column("is_stub", FLAG, "Whether `text` is only the beginning of a paywalled article; null when unknown."),
        Column(
            "text",
            TEXT,
            "The article's own words: paragraphs parted by a newline, no menus or teasers; like all text here in NFC, "
            "without control characters and marks of direction.",
        ),
        Column("n_words", NUMBER, "Words in `text` (runs of letters and digits; single characters in zh, ja, th)."),
        Column("language", TEXT, "Language of `text`, BCP 47, with script where it matters; `und` when unsure."),
        Column("language_confidence", SHARE, "Probability of `language` by its detector, 0 to 1; null for `und`."),
        Column("language_source", TEXT, "What decided `language`: langdetect, py3langid, declared, or none."),
        Column(
            "language_declared",
            TEXT,
            "Language the page declares for itself, or else the one its source is said to have.",
        ),
        Column(
            "language_declared_agrees",
            FLAG,
            "Whether `language_declared` is that of the text, in the same script; null where either is unknown.",
        ),
        Column(
            "people",
            TEXTS,
            "People the beginning of `text` names (some 500 words), most named first; only names that a title, a verb "
            "of saying, an age or a second mention speaks for, in en, de, fr, es, it, pt, nl, ru and uk.",
        ),
        Column(
            "places",
            TEXTS,
            "Countries, states of the US and cities it names, by their names in GeoNames, most named first; as a rule "
            "cities from 100,000 people on.",
        ),
        Column(
            "countries",
            TEXTS,
            "Countries of `places` (ISO 3166), most named first; a city with a namesake abroad counts for none.",
        ),
        Column("published_on", DAY, "Calendar day the publisher printed, in its own offset; null when in doubt."),
        Column(
            "published_at",
            INSTANT,
            "Instant of publication in UTC, where the page gives a time and an offset, be it with another candidate "
            "for the same day than the chosen one; that of the other article where the date is inherited.",
        ),
        Column("modified_at", INSTANT, "Instant of the last change the page declares, in UTC."),
        Column(
            "date_source",
            TEXT,
            "Role of the date that was chosen (see `date_evidence`), of an inherited one on the other article's page.",
        ),
        Column(
            "date_confidence",
            SHARE,
            "Share of such dates expected to be right, 0 to 1: more than the chosen candidate's own where others bear "
            "it out, less where they name other days or the date is inherited.",
        ),
        Column("date_inherited_from", TEXT, "Article whose date this one took over; null for an own date."),
        Column("captured_at", INSTANT, "When the page was captured, as its origin says; null when it does not."),
        Column(
            "capture_uri",
            TEXT,
            "Where the bytes came from: path below the raw folder, `#` and the place in a container.",
        ),
        Column("capture_digest", TEXT, "SHA-256 of the captured bytes.", required=True),
        Column("wire_agency", TEXT, "News agency the text came from (AP, Reuters, dpa, ...)."),
        Column("wire_source", TEXT, "Where the agency's credit stood: dateline, byline, credit_line, metadata, ..."),
        Column("wire_confidence", SHARE, "Share of such credits expected to be right, 0 to 1."),
        Column("wire_evidence", TEXT, "The words that gave the credit."),
        Column("wire_inherited_from", TEXT, "Article whose credit this one took over; null for an own credit."),
        Column(
            "duplicate_group",
            TEXT,
            "Group of articles whose text is the same report; named after its lead.",
            required=True,
        ),
        Column("duplicate_kind", TEXT, "How the text relates to the lead's: exact, copy or excerpt; null for a lead."),
        Column("is_lead", FLAG, "Whether the article stands for its duplicate group.", required=True),
        Column("duplicate_of", TEXT, "Lead article of the group; null for a lead."),
        Column(
            "duplicate_containment", SHARE, "Share of the shorter text's word 5-grams found in the longer's, 0 to 1."
        ),
        Column("event_id", TEXT, "Event the article reports.", required=True),
        Column("story_id", TEXT, "Running story the article belongs to; null while it is the only one in it."),
        Column(
            "revision", NUMBER, "1 for the first capture of the article, one more for each later one.", required=True
        ),
        Column("pipeline_version", TEXT, "Version of the code that made the row.", required=True),
    ),
)

STORIES = Table(
    "stories",
    "One running story: events that continue each other, two articles or more.",
    "stories.parquet",
    ("story_id",),
    (
        Column(
            "story_id",
            TEXT,
            "Key of the story, from its founding report; the partition of its articles.",
            required=True,
        ),
        Column(
            "label",
            TEXT,
            "Title of the lead article without outlet and tags (`BREAKING:`, `UPDATE 2-`, `(VIDEO)`); keywords where "
            "it has none.",
        ),
        Column("keywords", TEXTS, "Terms that hold the story together, strongest first."),
        Column("first_on", DAY, "Earliest publication day among its articles."),
        Column("last_on", DAY, "Latest publication day among its articles."),
        Column("n_articles", NUMBER, "Articles, copies included.", required=True),
        Column("n_reports", NUMBER, "Duplicate groups: reports in words of their own.", required=True),
        Column("n_events", NUMBER, "Events.", required=True),
        Column("n_sites", NUMBER, "Outlets; articles without an address count as none.", required=True),
        Column(
            "n_sources",
            NUMBER,
            "Independent sources: over the leads of its duplicate groups, distinct agencies, and distinct outlets of "
            "those without an agency. An agency counts once however many ran it, its own site as the agency; an outlet "
            "that only copied counts zero; reports with neither agency nor outlet count one together.",
            required=True,
        ),
        Column("languages", TEXTS, "Languages of its articles, most frequent first, `und` left out."),
        Column(
            "people",
            TEXTS,
            "People whom a fifth of its reports or more name (see `articles`), most named first, at most eight.",
        ),
        Column("places", TEXTS, "Places that a fifth of its reports or more name, most named first, at most eight."),
        Column(
            "countries",
            TEXTS,
            "Countries (ISO 3166) that a fifth of its reports or more name, most named first, at most eight.",
        ),
        Column("articles_per_day", PER_DAY, "Articles, copies included, of each publication day that has any."),
        Column("lead_article", TEXT, "Lead article of its largest report, then the earliest.", required=True),
    ),
)

EVENTS = Table(
    "events",
    "One thing that happened, and the articles that report it.",
    "events.parquet",
    ("event_id",),
    (
        Column("event_id", TEXT, "Key of the event, from its founding report.", required=True),
        Column("story_id", TEXT, "Story the event belongs to; null where it has a single article."),
        *(column for column in STORIES.columns if column.name not in {"story_id", "n_events"}),
    ),
)

REVISIONS = Table(
    "revisions",
    "One superseded capture of an article, and what the next one changed.",
    "capture_month=<YYYY-MM>/revisions.parquet",
    ("article_id", "revision", "capture_digest"),
    (
        *_pick("article_id"),
        Column("revision", NUMBER, "Number of this capture among those of the article, from 1.", required=True),
        *_pick("captured_at", "capture_uri", "capture_digest", "title", "n_words"),
        Column("text", TEXT, "Text of this capture."),
        Column("superseded_by", TEXT, "Digest of the capture that came after.", required=True),
        Column("changed", TEXTS, "Columns that differ in the capture that came after."),
        Column("added", SPANS, "Passages the capture after has and this one has not, in its text.", required=True),
        Column("removed", SPANS, "Passages of this `text` that are not in the capture after.", required=True),
    ),
)

EDGES = Table(
    "edges",
    "One pair of articles that share text, before their texts are laid side by side.",
    "not on disk: between two parts of `deduplicate`",
    ("article_id", "original_id"),
    (
        *_pick("article_id"),
        Column("original_id", TEXT, "Article the text was taken from, as far as the captures show.", required=True),
        Column(
            "kind",
            TEXT,
            "exact, copy, excerpt (a copy of half the size or less) or reuse (an edge, no more).",
            required=True,
        ),
        Column("in_group", FLAG, "Whether the pair binds the article to its duplicate group.", required=True),
        Column(
            "containment", SHARE, "Share of the shorter text's shingles found in the longer's, 0 to 1.", required=True
        ),
        Column("containment_article", SHARE, "Share of the article's shingles found in the original.", required=True),
        Column("containment_original", SHARE, "Share of the original's shingles found in the article.", required=True),
        Column("jaccard", SHARE, "Shared shingles over all shingles of both.", required=True),
        Column("shared_shingles", NUMBER, "Distinct shingles the two share.", required=True),
        Column(
            "decided_by",
            TEXT,
            "What decided between the kinds. For a copy: text, lead, credit or title; for reuse: background, quoted, "
            "compiled, apart or frame.",
            required=True,
        ),
        Column("evidence", TEXT, "The same in words, with the figures.", required=True),
        Column("published_on", DAY, "Publication day of the article, inherited or own."),
    ),
)

DUPLICATES = Table(
    "duplicates",
    "One pair of articles that share text: the later or shorter one and what it was taken from.",
    "publication_month=<YYYY-MM>/duplicates.parquet",
    EDGES.order,
    (
        *EDGES.columns,
        Column(
            "shared",
            SHARED_SPANS,
            "Passages both have, in the article's order: characters `begin` up to `end` of its `text`, and those of "
            "the original's. Words are equal; case, accents, quotes and dashes may differ.",
            required=True,
        ),
        Column("added", SPANS, "Passages of the article's `text` that the original has not.", required=True),
        Column("removed", SPANS, "Passages of the original's `text` that the article left out.", required=True),
        Column("added_characters", NUMBER, "Length of `added`; 0 for a copy that adds nothing.", required=True),
        Column(
            "removed_characters", NUMBER, "Length of `removed`; 0 for a copy that leaves nothing out.", required=True
        ),
    ),
)

DATE_EVIDENCE = Table(
    "date_evidence",
    "One candidate for an article's publication date: where it stood and why it was taken or not.",
    "capture_month=<YYYY-MM>/date_evidence.parquet",
    ("article_id", "rank"),
    (
        *_pick("article_id", "capture_digest", "captured_at"),
        Column("rank", NUMBER, "Place among the article's candidates, best first, from 1.", required=True),
        Column(
            "role",
            TEXT,
            "What the date is on the page, as one of a fixed set of words (docs/data-dictionary.md).",
            required=True,
        ),
        Column("printed", TEXT, "The date as it stands on the page.", required=True),
        Column("day", DAY, "Calendar day it names, in its own offset; null where it names none."),
        Column("instant", INSTANT, "The instant in UTC, where a time and an offset are given."),
        Column("offset_minutes", NUMBER, "Minutes ahead of UTC that stand with the time; null where none do."),
        Column("precision", TEXT, "month, day, minute, second, or relative (to the time of capture).", required=True),
        Column("confidence", SHARE, "Share of such candidates expected to be the publication date.", required=True),
        Column("chosen", FLAG, "Whether it became the article's date.", required=True),
        Column("why", TEXT, "Why it was taken or not.", required=True),
    ),
)

REJECTED = Table(
    "rejected",
    "One capture that became no article, with the reason.",
    "capture_month=<YYYY-MM>/rejected.parquet",
    ("capture_uri", "capture_digest", "stage", "reason"),
    (
        *_pick("capture_uri"),
        Column("capture_digest", TEXT, "SHA-256 of the captured bytes; null where they could not be read."),
        *_pick("url", "captured_at"),
        Column("stage", TEXT, "Stage that left it out: ingest, clean or normalise.", required=True),
        Column("reason", TEXT, "Why, as one of a fixed set of words (docs/data-dictionary.md).", required=True),
        Column("detail", TEXT, "The value at fault and the remedy, in a sentence.", required=True),
    ),
)

STORY_ALIASES = Table(
    "story_aliases",
    "One retired story id and the id that replaced it.",
    "story_aliases.parquet",
    ("retired_id",),
    (
        Column("retired_id", TEXT, "Story id that is no longer in use.", required=True),
        Column("story_id", TEXT, "Id to use instead; null where the story has no second article any more."),
        Column("why", TEXT, "merged, split, renamed or dissolved.", required=True),
        Column(
            "caused_by",
            TEXT,
            "Article that brought it about: one that came in with that run, else one that was taken away or moved; "
            "null where the rules changed.",
        ),
    ),
)

RUNS = Table(
    "runs",
    "One run that changed the tables.",
    "<run_id>.parquet, one file per run",
    ("run_id",),
    (
        Column("run_id", TEXT, "Key of the run: its start in UTC and a random suffix.", required=True),
        Column("started_at", INSTANT, "When the run began.", required=True),
        Column("seconds", SHARE, "How long it took.", required=True),
        Column("days", pa.list_(pa.field("element", DAY)), "Capture days the run was for; none: everything pending."),
        Column("raw", TEXT, "Raw folder the run read."),
        Column(
            "captures", NUMBER, "Captures taken in so far: articles, revisions and rejected together.", required=True
        ),
        Column("articles", NUMBER, "Articles in the tables.", required=True),
        Column("rejected", NUMBER, "Rows in `rejected`.", required=True),
        Column("copies", NUMBER, "Articles that are not the lead of their group.", required=True),
        Column("events", NUMBER, "Events in the tables.", required=True),
        Column("stories", NUMBER, "Stories in the tables.", required=True),
        Column("files_written", NUMBER, "Files the run replaced or added.", required=True),
        Column("files_removed", NUMBER, "Files the run took away.", required=True),
        Column("pipeline_version", TEXT, "Version of the code.", required=True),
    ),
)

CAPTURED = Table(
    "captured",
    "One capture the tables rest on, so that a run notices when one has gone missing.",
    "_captured.parquet",
    ("capture_uri", "capture_digest"),
    (*_pick("capture_uri", "capture_digest"),),
)

MANIFEST = Table(
    "manifest",
    "One file of the tables: what `read_articles` looks up, replaced last by every publish.",
    "_manifest.parquet",
    ("path",),
    (
        Column("path", TEXT, "Path below `processed/`.", required=True),
        Column("table", TEXT, "Table the file belongs to.", required=True),
        Column("story_cluster", TEXT, "Partition value of an `articles` leaf; null for other tables."),
        Column("publication_date", TEXT, "Partition value of an `articles` leaf; null for other tables."),
        Column("rows", NUMBER, "Rows in the file.", required=True),
        Column("digest", TEXT, "Digest of the file's bytes.", required=True),
    ),
)

PUBLISHED = (
    ARTICLES,
    STORIES,
    EVENTS,
    REVISIONS,
    DUPLICATES,
    DATE_EVIDENCE,
    REJECTED,
    STORY_ALIASES,
    RUNS,
    CAPTURED,
    MANIFEST,
)
"""The tables of `data/processed`, in the order a reader meets them."""

# What follows are the stages between the tasks: same rules, but free to change with the code.

CAPTURES = Table(
    "captures",
    "One capture: bytes as they arrived, with address, time and origin.",
    "data/interim/captures/<day>/<digest>.parquet",
    ("capture_id", "capture_uri"),
    (
        Column(
            "capture_id", TEXT, "Key: hash of digest, kind, address, time, declared encoding and notice.", required=True
        ),
        *_pick("capture_digest"),
        Column("capture_uri", TEXT, "Path below the raw folder, `#` and the place in a container.", required=True),
        Column(
            "kind",
            TEXT,
            "html, dump (page text without markup) or record (an article given field by field).",
            required=True,
        ),
        *_pick("url", "captured_at"),
        Column("source", TEXT, "Name of the source that delivered it, where one is given."),
        Column("charset", TEXT, "Encoding the transport declared."),
        Column("notice", TEXT, "What is known of the page beside its bytes, as JSON; null where nothing is."),
        Column("size", pa.int64(), "Length of the bytes.", required=True),
        Column("body", pa.binary(), "The bytes.", required=True),
    ),
)

DATE_CANDIDATE = pa.struct(
    [
        pa.field("role", TEXT),
        pa.field("printed", TEXT),
        pa.field("day", DAY),
        pa.field("instant", INSTANT),
        pa.field("precision", TEXT),
        pa.field("confidence", SHARE),
        pa.field("offset_minutes", NUMBER),
    ]
)
"""A candidate before the choice; the meanings are those of `date_evidence`."""

CLEANED = Table(
    "cleaned",
    "One capture read as an article, or why it could not be.",
    "data/interim/cleaned-<version>/<digest>.parquet",
    ("capture_id",),
    (
        Column("capture_id", TEXT, "The capture.", required=True),
        Column("article_id", TEXT, "The article; null where the capture was rejected."),
        *_pick("canonical_url", "site", "site_name", "title", "authors", "byline", "section", "tags", "image_url"),
        *_pick("opt_out", "is_tls_verified", "is_paywalled", "is_stub", "text", "n_words", "language_declared"),
        Column(
            "date_candidates", pa.list_(pa.field("element", DATE_CANDIDATE)), "Every date on the page that may count."
        ),
        Column("origins", TEXTS, "Metadata that names another source, as `field=value`."),
        Column("reason", TEXT, "Why the capture was rejected; null for an article."),
        Column("detail", TEXT, "The value at fault and the remedy."),
        Column("limits", TEXT, "Limits of the worker the page was too much for; null where it was not."),
    ),
)

NORMALISED = Table(
    "normalised",
    "What one cleaned article says by itself: language, own date, own credit, and what it is compared by.",
    "data/interim/normalised-<version>/<digest>.parquet",
    ("capture_id",),
    (
        Column("capture_id", TEXT, "The capture.", required=True),
        *_pick("article_id", "language", "language_confidence", "language_source"),
        *_pick("language_declared_agrees", "people", "places", "countries"),
        *_pick("published_on", "published_at", "modified_at", "date_source", "date_confidence"),
        Column(
            "evidence",
            pa.list_(
                pa.field("element", pa.struct([*DATE_CANDIDATE, pa.field("chosen", FLAG), pa.field("why", TEXT)]))
            ),
            "The candidates in order of rank, with the choice.",
        ),
        *_pick("wire_agency", "wire_source", "wire_confidence", "wire_evidence"),
        Column("shingles", HASHES, "Distinct 64-bit hashes of the text's word n-grams, ascending."),
        Column("terms", TEXTS, "Terms the article is compared by, heaviest first."),
        Column("weights", WEIGHTS, "Weight of each term; the vector has length 1."),
        *(column for column in CLEANED.columns if column.name in {"reason", "detail", "limits"}),
    ),
)

GROUPED = Table(
    "grouped",
    "Which report an article is a copy of, and the date and credit it has after inheritance.",
    "data/interim/grouped-<version>.parquet",
    ("article_id",),
    (
        *_pick("article_id", "duplicate_group", "duplicate_kind", "is_lead", "duplicate_of", "duplicate_containment"),
        *_pick("published_on", "published_at", "date_source", "date_confidence", "date_inherited_from"),
        *_pick("wire_agency", "wire_source", "wire_confidence", "wire_evidence", "wire_inherited_from"),
    ),
)

CLUSTERED = Table(
    "clustered",
    "Which event and which story an article belongs to.",
    "data/interim/clustered-<version>.parquet",
    ("article_id",),
    (*_pick("article_id", "event_id", "story_id"),),
)
