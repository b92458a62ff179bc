"""The graph: one function builds it, whatever runs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PBegin
from apache_beam.transforms.window import FixedWindows

from pipeline.options import Settings
from pipeline.progress import tick
from schemas.tables import ARTICLES, CLAIMS, ENTITIES
from transforms.annotation import Annotate
from transforms.claims import ExtractClaims
from transforms.cleaning import Clean
from transforms.continuous_feeds import ReadFeedsContinuously
from transforms.duplicates import MarkDuplicates
from transforms.entities import ExtractEntities
from transforms.feed_poll_files import WritePolls
from transforms.feed_polls import FeedTask, PageTask
from transforms.feed_reading import POLLS, FeedSettings
from transforms.feeds import ReadFeeds
from transforms.files import ReadFiles
from transforms.first_versions import KeepFirstVersions
from transforms.known import SetAsideKnown
from transforms.portions import Portion, ReadPortion
from transforms.rejects import REJECTS
from transforms.tables import WriteRejects, WriteTables
from transforms.web import WebSettings


@dataclass(frozen=True, slots=True)
class Stream:
    """What a continuous run reads.

    Args:
        feeds: the feeds, with what is remembered of each.
        ticks: the clock of the job.
    """

    feeds: Sequence[FeedTask]
    ticks: "beam.PTransform[PBegin, beam.PCollection[Any]]"


def build(
    pipeline: beam.Pipeline,
    settings: Settings,
    portion: Portion | None = None,
    tick_path: str | None = None,
    lease: str | None = None,
    due: Sequence[FeedTask] | None = None,
    pages: Sequence[PageTask] = (),
    web: WebSettings | None = None,
    stream: Stream | None = None,
) -> None:
    """Add the whole way from files, or from feeds, to tables to `pipeline`.

    The steps of a continuous run have names of their own and keep them: a job is updated by them.

    Args:
        portion: the part of the input to read; None for all of it.
        due: the feeds to poll, once; None to read something else.
        pages: pages of entries to be fetched besides, if `due` is given.
        stream: the feeds to read for as long as the job runs.
        web: how requests are made.
        tick_path: local file that grows by one byte an annotated article, for the progress line.
        lease: sign of life of a run on this machine (see `transforms.locking`).
    """
    if stream is not None:
        ticks = pipeline | "Tick" >> stream.ticks
        read = ticks | "ReadFeeds" >> ReadFeedsContinuously(stream.feeds, feed_settings(settings, web))
    elif due is not None:
        read = pipeline | "ReadFeeds" >> ReadFeeds(due, feed_settings(settings, web), pages)
    elif portion is not None:
        read = pipeline | "ReadPortion" >> ReadPortion(portion, settings.source, settings.language)
    else:
        files = ReadFiles(settings.inputs, settings.limit, settings.source, settings.language)
        read = pipeline | "ReadFiles" >> files
    cleaned = read["documents"] | "Clean" >> Clean()
    articles, rejects = cleaned.articles, (read[REJECTS], cleaned[REJECTS]) | "GatherRejects" >> beam.Flatten()
    if stream is not None:
        articles = articles | "KeepFirstVersions" >> KeepFirstVersions()
        articles = articles | "WindowArticles" >> beam.WindowInto(FixedWindows(settings.window_secs))
        rejects = rejects | "WindowRejects" >> beam.WindowInto(FixedWindows(settings.window_secs))
    fresh = articles | "SetAsideKnown" >> SetAsideKnown(settings.output, settings.shards, lease)
    if settings.duplicate_days:
        fresh = fresh | "MarkDuplicates" >> MarkDuplicates(settings.output, settings.duplicate_days)
    annotated = fresh | "SpreadArticles" >> beam.Reshuffle() | "Annotate" >> Annotate(settings.pipelines)
    if tick_path is not None:
        annotated = annotated | "Tick" >> beam.Map(tick, tick_path)
    tables = {
        ARTICLES.name: annotated | "TakeArticle" >> beam.Map(lambda annotated: annotated.article),
        ENTITIES.name: annotated | "ExtractEntities" >> ExtractEntities(),
        CLAIMS.name: annotated | "ExtractClaims" >> ExtractClaims(),
    }
    written = tables | "WriteTables" >> WriteTables(
        settings.output, settings.shards, lease, note_batches=settings.duplicate_days > 0
    )
    rejected = rejects | "WriteRejects" >> WriteRejects(settings.output, lease)
    if stream is not None:
        polls = read[POLLS] | "WindowPolls" >> beam.WindowInto(FixedWindows(settings.window_secs))
        _ = polls | "WritePolls" >> WritePolls(settings.output)
    elif due is not None:
        _ = read[POLLS] | "WritePolls" >> WritePolls(settings.output, (written, rejected), lease)


def feed_settings(settings: Settings, web: WebSettings | None) -> FeedSettings:
    """How a run reads feeds."""
    return FeedSettings(
        lake=settings.output,
        fetch=settings.fetch,
        source=settings.source,
        language=settings.language,
        poll_secs=settings.poll_secs,
        shards=settings.workers,
        record_files=settings.follow or settings.streaming,
        web=web or WebSettings(allow_loopback=settings.allow_loopback),
    )
