"""Documents become articles with stable ids, true dates and flags; the rest become rejects beside them."""

import dataclasses
import doctest
import pickle
from datetime import UTC, date, datetime

import pytest
from apache_beam import Create, DoFn, Flatten, Map, ParDo, WindowInto
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.window import GlobalWindow, GlobalWindows, SlidingWindows, TimestampedValue
from apache_beam.utils.windowed_value import WindowedValue
from hypothesis import given, settings
from hypothesis import strategies as st

import transforms.cleaning
from pipeline.summary import read_counts
from schemas.article import Article
from schemas.document import GivenMetadata, RawDocument
from schemas.identity import content_id
from schemas.vocabulary import DateSource, MediaType, QualityFlag, Reason, Stage, TitleSource
from tests.support import CAPTURED, local_pipeline, raw_document, shared_folder
from transforms.cleaning import Clean, clean
from transforms.edits import put_back
from transforms.metrics import Counter
from transforms.rejects import REJECTS, RejectedError

URL = "https://www.gazette.example/monde/un-article"
TEXT = "Le port rouvre lundi\n\nLe préfet a annoncé que le port rouvrirait lundi matin, après trois jours de tempête."
PAGE = (
    '<html lang="fr"><head><title>Le port rouvre lundi - La Gazette</title>'
    '<meta property="og:site_name" content="La Gazette">'
    '<meta property="article:published_time" content="2024-03-04T08:00:00+01:00"></head><body><article>'
    "<h1>Le port rouvre lundi</h1>"
    "<p>Le préfet a annoncé que le port rouvrirait lundi matin, après trois jours de tempête sur toute la côte.</p>"
    "<p>Les pêcheurs attendaient cette décision depuis vendredi, et la criée reprendra dès mardi selon la mairie.</p>"
    "</article></body></html>"
).encode()


def _page(payload: bytes = PAGE, **values: object) -> RawDocument:
    return raw_document(payload, input_uri="page.html", media_type=MediaType.HTML, **values)


def test_clean__plain_text__every_field_is_set() -> None:
    found = clean(raw_document(TEXT.encode(), given=GivenMetadata(source="La Gazette", published_at="2024-03-04")))
    assert found.text == TEXT
    assert (found.title, found.title_source) == ("Le port rouvre lundi", TitleSource.TEXT)
    assert (found.published_at, found.date, found.date_source) == (
        datetime(2024, 3, 4, tzinfo=UTC), date(2024, 3, 4), DateSource.SIDECAR,
    )  # fmt: skip
    assert (found.source, found.source_name, found.language) == ("la-gazette", "La Gazette", "fr")
    assert (found.word_count, found.edits, found.quality_flags, found.nlp_model) == (19, (), (), None)
    assert found.fetched_at == CAPTURED
    assert found.article_id == content_id("text", "la-gazette", "Le port rouvre lundi", TEXT)
    assert found.version_id == content_id(found.article_id, "Le port rouvre lundi", TEXT, "2024-03-04T00:00:00+00:00")


def test_clean__page__text_and_metadata_are_read() -> None:
    found = clean(_page(given=GivenMetadata(url=URL + "?utm_source=x")))
    assert found.text.startswith("Le préfet a annoncé que")
    assert (found.title, found.source, found.source_name) == ("Le port rouvre lundi", "gazette.example", "La Gazette")
    assert (found.published_at, found.date_source) == (datetime(2024, 3, 4, 7, tzinfo=UTC), DateSource.META)
    assert (found.url, found.canonical_url) == (URL + "?utm_source=x", URL)
    assert found.article_id == content_id("url", URL)


@pytest.mark.parametrize(
    ("given_metadata", "parts"),
    [
        pytest.param(GivenMetadata(url=URL, feed_url="f", feed_entry_id="e"), ("url", URL), id="address-first"),
        pytest.param(GivenMetadata(feed_url="f", feed_entry_id="e"), ("entry", "f", "e"), id="then-entry"),
        pytest.param(GivenMetadata(feed_url="f"), ("text", "unknown", "Le port rouvre lundi", TEXT), id="then-text"),
    ],
)
def test_clean__article_id__comes_from_the_most_stable_thing(
    given_metadata: GivenMetadata, parts: tuple[str, ...]
) -> None:
    assert clean(raw_document(TEXT.encode(), given=given_metadata)).article_id == content_id(*parts)


def test_clean__same_bytes_elsewhere_and_later__is_the_same_version() -> None:
    first = clean(raw_document(TEXT.encode()))
    second = clean(raw_document(TEXT.encode(), input_uri="x.txt", captured_at=datetime(2025, 1, 1, tzinfo=UTC)))
    assert first.version_id == second.version_id


@pytest.mark.parametrize(
    ("published_at", "flags"),
    [
        pytest.param(None, {QualityFlag.DATE_MISSING}, id="none"),
        pytest.param("9999-01-01", {QualityFlag.DATE_MISSING, QualityFlag.DATE_REFUSED}, id="year-9999"),
        pytest.param("1970-01-01", {QualityFlag.DATE_MISSING, QualityFlag.DATE_REFUSED}, id="place-holder"),
        pytest.param("demain", {QualityFlag.DATE_MISSING}, id="unreadable"),
    ],
)
def test_clean__no_true_date__the_day_is_that_of_capture(published_at: str | None, flags: set[QualityFlag]) -> None:
    found = clean(
        raw_document(TEXT.encode(), given=GivenMetadata(published_at=published_at), capture_source=DateSource.WARC)
    )
    assert found.published_at is None
    assert (found.date, found.date_source) == (CAPTURED.date(), DateSource.WARC)
    assert set(found.quality_flags) == flags


@pytest.mark.parametrize(
    ("source", "slug"),
    [("../../etc", "etc"), ("a=b/c", "a-b-c"), ("", "unknown"), (None, "unknown"), ("\x00", "unknown")],
)
def test_clean__hostile_source__is_a_safe_folder(source: str | None, slug: str) -> None:
    assert clean(raw_document(TEXT.encode(), given=GivenMetadata(source=source))).source == slug


def test_clean__wrongly_decoded_before__is_mended_and_flagged() -> None:
    broken = TEXT.encode().decode("cp1252", "ignore").encode()
    found = clean(raw_document(broken))
    assert "préfet" in found.text
    assert QualityFlag.ENCODING_REPAIRED in found.quality_flags


def test_clean__nothing_but_captions__is_rejected() -> None:
    with pytest.raises(RejectedError) as caught:
        clean(raw_document(b"Le port (Photo : AFP)\n"))
    assert caught.value.reason is Reason.NO_ARTICLE


@pytest.mark.parametrize(
    ("free", "stated_words", "paywalled"),
    [
        pytest.param("false", 900, True, id="a-part-of-a-paid-article"),
        pytest.param("false", 0, True, id="a-teaser"),
        pytest.param("true", 900, False, id="free"),
    ],
)
def test_clean__page_that_is_not_free__a_stub_is_flagged(free: str, stated_words: int, paywalled: bool) -> None:
    script = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Le port rouvre lundi",'
        f' "isAccessibleForFree": {free}, "wordCount": {stated_words}}}</script></head>'
    )
    found = clean(_page(PAGE.replace(b"</head>", script.encode())))
    assert (QualityFlag.PAYWALLED in found.quality_flags) is paywalled


@settings(deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_clean__any_bytes__are_an_article_or_a_reject(payload: bytes) -> None:
    try:
        found = clean(raw_document(payload))
    except RejectedError:
        return
    assert found.text.encode().decode() == found.text
    assert found.text.strip()
    assert all(0 <= edit.at <= len(found.text) and edit.removed for edit in found.edits)


def test_clean__seeds__nothing_is_lost() -> None:
    paths = sorted(shared_folder("seeds").glob("*.txt"))
    found = [clean(raw_document(path.read_bytes())) for path in paths]
    assert [put_back(a.text, a.edits) for a in found] == [path.read_text("utf-8") for path in paths]
    assert [a.language for a in found] == ["fr"] * 5
    assert [a.title is not None for a in found] == [False, False, True, False, True]
    captions = [QualityFlag.CAPTIONS_REMOVED in a.quality_flags for a in found]
    assert captions == [False, False, True, False, True]
    assert {QualityFlag.NUMBER_ARTIFACT, QualityFlag.MACHINE_TRANSLATED} <= set(found[1].quality_flags)


def test_clean_transform__good_and_bad_documents__each_on_its_output() -> None:
    documents = [
        raw_document(TEXT.encode(), input_uri="good.txt"),
        _page(),
        raw_document(b"", input_uri="empty.txt"),
        _page(b"<html><img src=x></html>"),
        raw_document(b"a" * 3000, input_uri="large.txt"),
    ]
    pipeline = local_pipeline()
    outputs = pipeline | Create(documents) | Clean(deadline_secs=60, max_payload_bytes=2000)
    articles = outputs["articles"] | Map(lambda article: (article.input_uri, article.title))
    rejects = outputs[REJECTS] | "Summarise" >> Map(lambda r: (r.input_uri, r.stage, r.reason))
    title = "Le port rouvre lundi"
    assert_that(articles, equal_to([("good.txt", title), ("page.html", title)]), "Articles")
    assert_that(
        rejects,
        equal_to(
            [
                ("empty.txt", Stage.CLEAN, Reason.EMPTY),
                ("page.html", Stage.CLEAN, Reason.NO_ARTICLE),
                ("large.txt", Stage.CLEAN, Reason.TOO_LARGE),
            ]
        ),
        "Rejects",
    )
    result = pipeline.run()
    result.wait_until_finish()
    assert sum(read_counts(result)[Counter.ARTICLES_CLEANED].values()) == 2


def test_clean_transform__pages_in_a_child_meanwhile__each_keeps_its_windows_and_its_time() -> None:
    """Two windows each, pages and texts in turns: a page comes out while another element is worked on."""
    times = range(0, 600, 60)
    payloads = [(PAGE, TEXT.encode(), b"<html></html>")[n % 3] for n in range(len(times))]
    documents = [
        raw_document(payload, input_uri=f"{at}", media_type=(MediaType.HTML, MediaType.PLAIN_TEXT)[n % 3 == 1])
        for n, (at, payload) in enumerate(zip(times, payloads, strict=True))
    ]
    kinds = ("article", "article", "reject")
    expected = [
        (kinds[n % 3], str(at), at, start)
        for n, at in enumerate(times)
        for start in (at // 60 * 60, at // 60 * 60 - 60)
    ]
    with local_pipeline() as pipeline:
        timed = Map(lambda raw: TimestampedValue(raw, int(raw.input_uri))).with_output_types(RawDocument)
        windowed = pipeline | Create(documents, reshuffle=False) | timed | WindowInto(SlidingWindows(120, 60))
        outputs = windowed | Clean()
        found = [
            outputs[tag] | f"Place {tag}" >> ParDo(_Placed(kind))
            for tag, kind in (("articles", "article"), (REJECTS, "reject"))
        ]
        assert_that(found | Flatten() | "Together" >> WindowInto(GlobalWindows()), equal_to(expected))


class _Placed(DoFn):
    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def process(self, row, timestamp=DoFn.TimestampParam, window=DoFn.WindowParam):  # type: ignore[no-untyped-def]
        yield self.kind, row.input_uri, int(timestamp), int(window.start)


def test_clean_transform__bundle_failed__its_page_is_not_given_to_the_next() -> None:
    cleaning = transforms.cleaning._CleanDocument(60, 10_000)
    cleaning.setup()
    try:
        first, second = (
            WindowedValue(_page(given=GivenMetadata(url=URL + end)), 0, (GlobalWindow(),)) for end in ("1", "2")
        )
        assert list(cleaning.process(first.value, first)) == []
        cleaning.start_bundle()
        assert list(cleaning.process(second.value, second)) == []
        (made,) = cleaning.finish_bundle()
        assert isinstance(made, WindowedValue)
        assert made.value.url == URL + "2"
        assert list(cleaning.finish_bundle()) == []
    finally:
        cleaning.teardown()


@pytest.mark.parametrize("options", [{"deadline_secs": 0}, {"max_payload_bytes": -1}])
def test_clean_transform__senseless_option__is_refused_at_once(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="above zero"):
        Clean(**options)  # type: ignore[arg-type]


def test_article__pickles() -> None:
    found: Article = clean(_page())
    assert pickle.loads(pickle.dumps(found)) == found
    assert dataclasses.replace(found) == found


def test_module__example_in_the_docstring__runs() -> None:
    assert doctest.testmod(transforms.cleaning).failed == 0
