"""Annotation, and its way across a worker boundary."""

import pickle

import apache_beam as beam
import pytest
import spacy
from apache_beam import WindowInto, coders
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.window import GlobalWindow, GlobalWindows, SlidingWindows, TimestampedValue
from apache_beam.utils.windowed_value import WindowedValue
from support import article, local_pipeline

import transforms.annotation
from language.analysis_text import analysis_text, paragraph_chunks
from language.pipelines import PipelineNotFoundError, annotate, load_pipeline, pipeline_name
from schemas.article import Article, Edit
from schemas.vocabulary import EditRule, QualityFlag
from transforms.annotation import (
    MAX_CHARACTERS_TOGETHER,
    TOGETHER,
    Annotate,
    AnnotatedArticle,
    AnnotatedArticleCoder,
)

TEXT = "Le maire, Aziz Lemoine, l’a dit\u00a0: «\u202fLe port rouvre lundi.\u202f»\n\nLa ville attend 😀.\n"


@pytest.fixture(scope="module")
def french():
    return load_pipeline("fr")


@pytest.mark.parametrize("text", [TEXT, "", "\n\n", "a", "𝔘𝔫 e\u0301te\u0301 \x00 \u200f!", "“x” ‘y’ l’an"])
def test_analysis_text__has_the_same_length(text):
    assert len(analysis_text(text)) == len(text)


def test_analysis_text__folds_variants():
    assert analysis_text("l’an «\u202fx\u202f» “y” \u2019") == "l'an « x » \"y\" '"


@pytest.mark.parametrize("text", [TEXT, "", "\n\nx", "x" * 95, "mot " * 30, "a\nb"])
def test_chunks__joined__are_the_text(text):
    chunks = list(paragraph_chunks(text, max_chars=20))
    assert "".join(chunks) == text
    assert all(0 < len(chunk) <= 20 or chunk.endswith("\n") for chunk in chunks)


def test_chunks__of_an_over_long_paragraph__end_at_a_space():
    assert list(paragraph_chunks("quatre mots en ligne", max_chars=12)) == ["quatre mots ", "en ligne"]


def test_annotate__keeps_offsets(french):
    doc = annotate(french, TEXT)
    assert doc.text == analysis_text(TEXT)
    assert len(doc.text) == len(TEXT)


def test_annotate__sentences_do_not_cross_paragraphs_nor_start_with_a_closing_mark(french):
    text = "Le port rouvre\n\nLe maire a dit : « Nous sommes prêts. »\n\nLa ville attend."
    sentences = [sentence.text.strip() for sentence in annotate(french, text).sents]
    assert sentences[0] == "Le port rouvre"
    assert sentences[-1] == "La ville attend."
    assert not any(sentence.startswith("»") for sentence in sentences)


@pytest.mark.parametrize("text", ["", " ", "\n", "😀", "12 34", "مرحبا بالعالم", "x" * 30_000, "\x00"])
def test_annotate__takes_any_text(french, text):
    assert len(annotate(french, text).text) == len(text)


def test_load__without_a_pipeline__names_the_remedy():
    with pytest.raises(PipelineNotFoundError, match="--nlp-model de=NAME"):
        load_pipeline("de")
    with pytest.raises(PipelineNotFoundError, match="pip install no_such_pipeline"):
        load_pipeline("de", "no_such_pipeline")


def test_load__of_another_language__is_refused(tmp_path):
    spacy.blank("en").to_disk(tmp_path / "english")
    with pytest.raises(PipelineNotFoundError, match="is for 'en', not for 'de'"):
        load_pipeline("de", str(tmp_path / "english"))


def test_coder__is_registered():
    assert isinstance(coders.registry.get_coder(AnnotatedArticle), AnnotatedArticleCoder)


def test_coder__gives_article_and_annotation_back(french):
    first = article(TEXT, edits=(Edit(EditRule.CAPTION, 3, "(Image : AFP)"),), quality_flags=(QualityFlag.PAYWALLED,))
    whole = AnnotatedArticle(first, annotate(french, TEXT))
    coder = AnnotatedArticleCoder()
    encoded = coder.encode(whole)
    back = coder.decode(encoded)

    def rows(doc):
        return [
            (t.idx, t.text, t.lemma_, t.pos_, str(t.morph), t.dep_, t.head.i, t.ent_type_, t.is_sent_start) for t in doc
        ]

    assert back.article == first
    assert rows(back.doc) == rows(whole.doc)
    assert [e.text for e in back.doc.ents] == [e.text for e in whole.doc.ents]
    assert coder.encode(back) == encoded
    assert coder.decode(coder.encode(AnnotatedArticle(first, None))) == AnnotatedArticle(first, None)


def test_annotated_article__pickles(french):
    whole = AnnotatedArticle(article(TEXT), annotate(french, TEXT))
    assert pickle.loads(pickle.dumps(whole)).article == whole.article


def test_annotate__passes_other_languages_through_flagged():
    with local_pipeline() as pipeline:
        annotated = (
            pipeline
            | beam.Create([article(TEXT), article("Hello.", language="en"), article("?", language=None)])
            | Annotate()
        )
        rows = annotated | beam.Map(
            lambda a: (a.article.language, a.doc is None, a.article.quality_flags, a.article.nlp_model)
        )
        name = pipeline_name(load_pipeline("fr"))
        unsupported = (QualityFlag.LANGUAGE_UNSUPPORTED,)
        expected = [("fr", False, (), name), ("en", True, unsupported, None), (None, True, unsupported, None)]
        assert_that(rows, equal_to(expected))


def test_annotate__a_few_are_annotated_before_the_first_goes_on(monkeypatch):
    _events.clear()
    monkeypatch.setattr(transforms.annotation, "annotate_article", _note_annotation)
    with local_pipeline() as pipeline:
        articles = [article(str(n), version_id=str(n)) for n in range(TOGETHER + 2)]
        annotated = pipeline | beam.Create(articles, reshuffle=False) | Annotate({})
        _ = annotated | beam.Map(_note_going_on)
    first, rest = range(TOGETHER), range(TOGETHER, TOGETHER + 2)
    assert _events == [f"{what}{n}" for some in (first, rest) for what in ("", "on ") for n in some]


_events = []
"""Of a pipeline in this process, whose functions are pickled: a list of a test would be copied."""


def _note_annotation(article, _):
    _events.append(article.version_id)
    return AnnotatedArticle(article, None)


def _note_going_on(annotated):
    _events.append(f"on {annotated.article.version_id}")


def test_annotate__long_articles__wait_for_no_others(monkeypatch):
    _events.clear()
    monkeypatch.setattr(transforms.annotation, "annotate_article", _note_annotation)
    with local_pipeline() as pipeline:
        long = [article("a" * MAX_CHARACTERS_TOGETHER, version_id=str(n)) for n in range(2)]
        annotated = pipeline | beam.Create(long, reshuffle=False) | Annotate({})
        _ = annotated | beam.Map(_note_going_on)
    assert _events == ["0", "on 0", "1", "on 1"]


def test_annotate__each_keeps_its_windows_and_its_time():
    """Two windows each; the last ones are handed on when the bundle ends."""
    times = range(0, 60 * (TOGETHER + 3), 60)
    copies = [None, "original"]
    articles = [article("Hello.", version_id=str(at), language="en", duplicate_of=copies[at // 60 % 2]) for at in times]
    expected = [(str(at), at, start) for at in times for start in (at, at - 60)]
    with local_pipeline() as pipeline:
        timed = beam.Map(lambda a: TimestampedValue(a, int(a.version_id))).with_output_types(Article)
        windowed = pipeline | beam.Create(articles, reshuffle=False) | timed | WindowInto(SlidingWindows(120, 60))
        placed = windowed | Annotate() | beam.ParDo(_Placed())
        assert_that(placed | "Together" >> WindowInto(GlobalWindows()), equal_to(expected))


class _Placed(beam.DoFn):
    def process(self, annotated, timestamp=beam.DoFn.TimestampParam, window=beam.DoFn.WindowParam):
        yield annotated.article.version_id, int(timestamp), int(window.start)


def test_annotate__bundle_failed__its_articles_are_not_handed_on_by_the_next():
    annotating = transforms.annotation._AnnotateSome({})
    first, second = (WindowedValue(article(version_id=name), 0, (GlobalWindow(),)) for name in "ab")
    assert list(annotating.process(first.value, first)) == []
    annotating.start_bundle()
    assert list(annotating.process(second.value, second)) == []
    assert [given.value.article.version_id for given in annotating.finish_bundle()] == ["b"]


def test_annotate__uses_the_pipeline_that_is_named(tmp_path):
    english = spacy.blank("en")
    english.meta.update(name="blank", version="1.2.3")
    english.to_disk(tmp_path / "english")
    with local_pipeline() as pipeline:
        annotated = (
            pipeline | beam.Create([article("Hello.", language="en")]) | Annotate({"en": str(tmp_path / "english")})
        )
        assert_that(annotated | beam.Map(lambda a: a.article.nlp_model), equal_to(["en_blank-1.2.3"]))
