"""One spaCy pass an article, and a form in which its result may cross a worker boundary.

spaCy is loaded by whoever annotates: a program that only builds the graph need not wait for it.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import apache_beam as beam
from apache_beam import coders
from apache_beam.utils import shared
from apache_beam.utils.windowed_value import WindowedValue
from pydantic import TypeAdapter

from language.shipped import SHIPPED
from schemas.article import Article
from schemas.vocabulary import QualityFlag
from transforms.collection import loading

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.vocab import Vocab


@dataclass(frozen=True, slots=True)
class AnnotatedArticle:
    """An article with its linguistic annotation; `doc` is None where no pipeline knows its language.

    ``doc.text`` has the length of ``article.text`` (see `language.analysis_text`): offsets are the same.
    """

    article: Article
    doc: "Doc | None"


class AnnotatedArticleCoder(coders.Coder):
    """Bytes of an `AnnotatedArticle`: the article, then the Doc as a DocBin of one.

    A pickled Doc carries its vocabulary (59 kB for a page); a DocBin only what the page uses. Decoding needs a
    vocabulary for lexical attributes: that of a blank pipeline of the language, one a process.
    """

    _VOCABULARIES: dict[str, "Vocab"] = {}  # noqa: RUF012  a cache, by language

    def encode(self, value: AnnotatedArticle) -> bytes:
        article = _ARTICLES.dump_json(value.article)
        if value.doc is None:
            return struct.pack(">I", len(article)) + article
        from spacy.tokens import DocBin

        packed = DocBin(docs=[value.doc], attrs=_ATTRIBUTES, store_user_data=False).to_bytes()
        return struct.pack(">I", len(article)) + article + packed

    def decode(self, encoded: bytes) -> AnnotatedArticle:
        end = 4 + struct.unpack_from(">I", encoded)[0]
        article = _ARTICLES.validate_json(encoded[4:end])
        if end == len(encoded):
            return AnnotatedArticle(article, None)
        from spacy.tokens import DocBin

        vocabulary = self._vocabulary(article.language or "xx")
        return AnnotatedArticle(article, next(DocBin().from_bytes(encoded[end:]).get_docs(vocabulary)))

    def estimate_size(self, value: AnnotatedArticle) -> int:
        """About as many bytes as `encode` gives; Beam asks for it now and then, and would encode to know it."""
        return len(value.article.text) * (1 if value.doc is None else _BYTES_A_CHARACTER)

    def _vocabulary(self, language: str) -> "Vocab":
        import spacy

        if language not in self._VOCABULARIES:
            self._VOCABULARIES[language] = spacy.blank(language).vocab
        return self._VOCABULARIES[language]

    def is_deterministic(self) -> bool:
        return True

    def to_type_hint(self) -> type[AnnotatedArticle]:
        return AnnotatedArticle


TOGETHER = 8
"""Articles annotated before any of them goes on: what is done with them next then finds its code and its words in the
processor's caches, which annotation fills with its own."""
MAX_CHARACTERS_TOGETHER = 200_000
"""More text does not wait for more: what is annotated is held in memory."""
_ARTICLES = TypeAdapter(Article)  # JSON in the order of the fields: a pickle's bytes depend on which strings are shared
_BYTES_A_CHARACTER = 5
_ATTRIBUTES = ("ORTH", "SPACY", "TAG", "POS", "MORPH", "LEMMA", "HEAD", "DEP", "SENT_START", "ENT_IOB", "ENT_TYPE")
coders.registry.register_coder(AnnotatedArticle, AnnotatedArticleCoder)


class _LanguagePipelines(dict[str, "Language"]):
    """The loaded pipelines of a process, by language (a plain dict cannot be weakly referenced)."""


_SHARED = shared.Shared()
"""At module level, so that all threads and all instances in a process hold one copy of the models."""


class _AnnotateSome(beam.DoFn):
    """Annotates a few articles of a bundle before it hands on the first of them."""

    def __init__(self, models: Mapping[str, str | None]) -> None:
        super().__init__()
        self._models = dict(models)
        self._pipelines: Mapping[str, Language] | None = None
        self._annotated: list[WindowedValue] = []
        self._characters = 0

    def start_bundle(self) -> None:
        self._take()  # what a bundle that has failed has left

    # The window is asked for so that an element of several windows comes once for each. No hint of what is returned:
    # Beam would read it as the element, and it is one in its window.
    def process(self, article: Article, windowed=beam.DoFn.WindowedValueParam, _=beam.DoFn.WindowParam):  # type: ignore[no-untyped-def]
        self._annotated.append(windowed.with_value(self._annotate(article)))
        self._characters += len(article.text)
        if len(self._annotated) >= TOGETHER or self._characters >= MAX_CHARACTERS_TOGETHER:
            yield from self._take()

    def finish_bundle(self) -> list[WindowedValue]:
        return self._take()

    def _take(self) -> list[WindowedValue]:
        annotated, self._annotated, self._characters = self._annotated, [], 0
        return annotated

    def _annotate(self, article: Article) -> AnnotatedArticle:
        if article.duplicate_of is not None:
            return AnnotatedArticle(article, None)
        if self._pipelines is None:  # not in setup(): a run that finds nothing new need not load the models
            self._pipelines = language_pipelines(self._models)
        return annotate_article(article, self._pipelines)


def annotate_article(article: Article, pipelines: Mapping[str, "Language"]) -> AnnotatedArticle:
    """The article with its annotation and `nlp_model`; flagged where no pipeline knows its language."""
    nlp = pipelines.get(article.language or "")
    if nlp is None:
        flags = (*article.quality_flags, QualityFlag.LANGUAGE_UNSUPPORTED)
        return AnnotatedArticle(replace(article, quality_flags=flags), None)
    from language.pipelines import annotate, pipeline_name

    named = replace(article, nlp_model=pipeline_name(nlp))
    return AnnotatedArticle(named, annotate(nlp, article.text))


def without_annotation(article: Article) -> Article:
    """The article as it was before `annotate_article`."""
    flags = tuple(flag for flag in article.quality_flags if flag != QualityFlag.LANGUAGE_UNSUPPORTED)
    return replace(article, quality_flags=flags, nlp_model=None)


def language_pipelines(models: Mapping[str, str | None]) -> Mapping[str, "Language"]:
    """The pipelines by language, loaded once a process.

    Raises:
        language.pipelines.PipelineNotFoundError: when one cannot be loaded.
    """
    pipelines: _LanguagePipelines = _SHARED.acquire(lambda: _load(models), tag=repr(sorted(models.items())))
    return pipelines


def _load(models: Mapping[str, str | None]) -> _LanguagePipelines:
    if not models:
        return _LanguagePipelines()
    from language.pipelines import load_pipeline

    with loading():
        return _LanguagePipelines({language: load_pipeline(language, name) for language, name in models.items()})


@dataclass
class Annotate(beam.PTransform[beam.PCollection[Article], beam.PCollection[AnnotatedArticle]]):
    """Tag, parse and recognise each article with the pipeline of its language.

    Input: `Article`s. Output: one `AnnotatedArticle` each, its `nlp_model` set; an article in a language without
    a pipeline passes unannotated, flagged ``language_unsupported``; so does a copy, without a flag. Windows and timestamps are
    kept; articles of a bundle go on in their order, up to `TOGETHER` at a time. Deterministic, safe to retry, no network.

    Cost: about 25 ms of one core for 500 words; one copy of the models a process.

    Args:
        models: spaCy pipeline by language; None means the one that ships (see `language.pipelines`).

    Raises:
        language.pipelines.PipelineNotFoundError: in the worker, when a pipeline cannot be loaded.
    """

    models: Mapping[str, str | None] = field(default_factory=lambda: dict.fromkeys(SHIPPED))

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, articles: beam.PCollection[Article]) -> beam.PCollection[AnnotatedArticle]:
        annotate = beam.ParDo(_AnnotateSome(self.models)).with_output_types(AnnotatedArticle)
        return articles | "AnnotateOne" >> annotate  # named as ever: a running job is updated by the names of its steps
