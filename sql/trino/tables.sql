-- Written by `python -m schemas.external_tables trino`; a test keeps it current.
-- Replace LAKE by the address of the lake, for example gs://bucket/lake or s3://bucket/lake.

CREATE TABLE IF NOT EXISTS depeche.articles (
  "article_id" VARCHAR COMMENT 'Stable id of the article: hash of its canonical URL, else of the feed entry, else of its text.',
  "version_id" VARCHAR COMMENT 'Id of this version: hash of article_id, title, text, authors and publication date.',
  "url" VARCHAR COMMENT 'Address it was read from.',
  "canonical_url" VARCHAR COMMENT 'Address the publisher calls canonical, without tracking parameters.',
  "input_uri" VARCHAR COMMENT 'File it was read from, with the place in it after #.',
  "media_type" VARCHAR COMMENT 'What was read: text/plain, text/html.',
  "source_name" VARCHAR COMMENT 'Publisher’s name as given or as the page states it.',
  "title" VARCHAR COMMENT 'Headline, without the publisher’s suffix.',
  "title_source" VARCHAR COMMENT 'Where the title came from: feed, json-ld, meta, html, sidecar, text.',
  "description" VARCHAR COMMENT 'Summary by the publisher.',
  "authors" ARRAY(VARCHAR) COMMENT 'Names of the authors, in order.',
  "language" VARCHAR COMMENT 'ISO 639-1 code of the text’s language.',
  "language_score" DOUBLE COMMENT 'Confidence of the language identification.',
  "published_at" TIMESTAMP(6) COMMENT 'Publication time; null if unknown.',
  "modified_at" TIMESTAMP(6) COMMENT 'Time of the last change that the publisher states.',
  "date_source" VARCHAR COMMENT 'Where the partition’s date came from: feed, json-ld, meta, html, sidecar, warc, fetch, file_mtime.',
  "fetched_at" TIMESTAMP(6) COMMENT 'Fetch time, WARC-Date or file time.',
  "section" VARCHAR COMMENT 'Section of the publication.',
  "tags" ARRAY(VARCHAR) COMMENT 'Keywords by the publisher.',
  "image_url" VARCHAR COMMENT 'Lead picture.',
  "feed_url" VARCHAR COMMENT 'Feed that announced it.',
  "feed_entry_id" VARCHAR COMMENT 'Id of the entry in that feed.',
  "text" VARCHAR COMMENT 'The cleaned text. Every offset of every table counts its code points.',
  "word_count" BIGINT COMMENT 'Runs of letters and digits in `text`.',
  "content_hash" VARCHAR COMMENT 'SHA-256 of the text with case, accents, punctuation and spacing folded.',
  "simhash" BIGINT COMMENT '64-bit similarity hash of the text: near-duplicates differ in few bits.',
  "minhash" VARCHAR COMMENT 'MinHash of the text’s word pairs: the share of equal bytes is about their Jaccard likeness.',
  "sentence_sketches" VARCHAR COMMENT 'What each sentence says: 12 digits stand for its numbers and names, 20 for its words.',
  "duplicate_of" VARCHAR COMMENT 'article_id of the earliest article that this one copies; such a copy is not annotated and has no entities and no claims.',
  "edits" ARRAY(ROW("rule" VARCHAR, "at" BIGINT, "removed" VARCHAR)) COMMENT 'What cleaning took out of the extracted text.',
  "quality_flags" ARRAY(VARCHAR) COMMENT 'What to know before use: number_artifact, unclosed_quote, captions_removed, machine_translated, truncated, paywalled, encoding_repaired, date_refused, date_missing, language_unsupported, unknown_keys.',
  "nlp_model" VARCHAR COMMENT 'Name and version of the language pipeline; null where there was none.',
  "document_id" VARCHAR COMMENT 'Id of the document it was read from: hash of its bytes, of what came along with it and of the cleaning’s version. A local run passes over documents that it finds here.',
  "date" DATE,
  "source" VARCHAR
)
WITH (format = 'PARQUET', external_location = 'LAKE/articles', partitioned_by = ARRAY['date', 'source']);
CALL system.sync_partition_metadata('depeche', 'articles', 'ADD');

CREATE TABLE IF NOT EXISTS depeche.entities (
  "entity_id" VARCHAR COMMENT 'Stable key of the canonical name and its label: the same in every article.',
  "article_id" VARCHAR COMMENT 'The article.',
  "version_id" VARCHAR COMMENT 'The version of the article.',
  "mention_id" VARCHAR COMMENT 'Id of this row.',
  "surface" VARCHAR COMMENT 'The words as they stand in the text.',
  "start" BIGINT COMMENT 'First code point in `articles.text`.',
  "end" BIGINT COMMENT 'One past the last.',
  "label" VARCHAR COMMENT 'What it names: PER, LOC, ORG, EVENT, PRODUCT, DATE, TIME, QUANTITY, MONEY, PERCENT.',
  "canonical_name" VARCHAR COMMENT 'Fullest name of the entity.',
  "role" VARCHAR COMMENT 'Title or function beside the name.',
  "method" VARCHAR COMMENT 'How it was recognised: model, rule.',
  "sentence_index" BIGINT COMMENT 'Sentence of the text, from 0.',
  "in_quote" BOOLEAN COMMENT 'Inside quotation marks.',
  "in_title" BOOLEAN COMMENT 'The same words stand in the title.',
  "country_code" VARCHAR COMMENT 'ISO 3166-1 alpha-2 code of a country or nationality.',
  "date" DATE,
  "source" VARCHAR
)
WITH (format = 'PARQUET', external_location = 'LAKE/entities', partitioned_by = ARRAY['date', 'source']);
CALL system.sync_partition_metadata('depeche', 'entities', 'ADD');

CREATE TABLE IF NOT EXISTS depeche.claims (
  "claim_id" VARCHAR COMMENT 'Id of this row.',
  "article_id" VARCHAR COMMENT 'The article.',
  "version_id" VARCHAR COMMENT 'The version of the article.',
  "kind" VARCHAR COMMENT 'How it stands to quotation marks: direct, indirect, mixed.',
  "text" VARCHAR COMMENT 'The attributed words, without the marks around them.',
  "start" BIGINT COMMENT 'First code point in `articles.text`.',
  "end" BIGINT COMMENT 'One past the last.',
  "sentence_index" BIGINT COMMENT 'Sentence the claim starts in, from 0.',
  "cue" VARCHAR COMMENT 'The words that attribute ("a déclaré", "Selon"); null for a bare quotation.',
  "cue_start" BIGINT COMMENT 'First code point of the cue.',
  "cue_end" BIGINT COMMENT 'One past its last.',
  "cue_lemma" VARCHAR COMMENT 'Dictionary form of the cue.',
  "cue_class" VARCHAR COMMENT 'What kind of act the cue reports: say, deny, accuse, warn, promise, ask, think, fear, report, according_to.',
  "speaker" VARCHAR COMMENT 'The mention of the speaker nearest to the cue; null if none is expressed.',
  "speaker_start" BIGINT COMMENT 'First code point of that mention.',
  "speaker_end" BIGINT COMMENT 'One past its last.',
  "speaker_name" VARCHAR COMMENT 'Who that is, by the fullest name in the article.',
  "speaker_entity_id" VARCHAR COMMENT 'The speaker in `entities`.',
  "speaker_method" VARCHAR COMMENT 'How the speaker was found: subject, agent, according_to, colon, continued, pronoun, description, context.',
  "quote_status" VARCHAR COMMENT 'State of the quotation marks: closed, repaired, unclosed, none.',
  "modality" VARCHAR COMMENT 'How the text stands to it: asserted, conditional, negated, question, future.',
  "entities" ARRAY(VARCHAR) COMMENT 'entity_id of every entity inside the claim, in text order.',
  "quantities" ARRAY(ROW("surface" VARCHAR, "value" DOUBLE, "unit" VARCHAR, "approximate" BOOLEAN, "reliable" BOOLEAN)) COMMENT 'Numbers inside the claim.',
  "before" VARCHAR COMMENT 'Up to 160 code points before it.',
  "after" VARCHAR COMMENT 'Up to 160 code points after it.',
  "rule" VARCHAR COMMENT 'The construction that found it.',
  "date" DATE,
  "source" VARCHAR
)
WITH (format = 'PARQUET', external_location = 'LAKE/claims', partitioned_by = ARRAY['date', 'source']);
CALL system.sync_partition_metadata('depeche', 'claims', 'ADD');

CREATE TABLE IF NOT EXISTS depeche.rejects (
  "reject_id" VARCHAR COMMENT 'Id of this row: hash of stage, reason, input_uri and payload.',
  "stage" VARCHAR COMMENT 'Step that rejected it: read, fetch, clean, annotate.',
  "reason" VARCHAR COMMENT 'Why: unreadable_file, truncated_file, unknown_file_type, invalid_json, missing_content, invalid_warc, empty, binary, too_large, no_article, timeout, crashed, undecodable, invalid_feed, fetch_failed, fetch_refused, no_full_content.',
  "detail" VARCHAR COMMENT 'The reason in words, with the value that caused it.',
  "error_class" VARCHAR COMMENT 'Class of the exception, if there was one.',
  "traceback" VARCHAR COMMENT 'Its traceback, if the failure was unexpected.',
  "input_uri" VARCHAR COMMENT 'File it was read from, with the place in it after #.',
  "url" VARCHAR COMMENT 'Address of the document, if known.',
  "fetched_at" TIMESTAMP(6) COMMENT 'Fetch time, WARC-Date or file time.',
  "payload_sha256" VARCHAR COMMENT 'SHA-256 of the bytes as read.',
  "payload" VARBINARY COMMENT 'The first 256 KiB of the bytes.',
  "payload_truncated" BOOLEAN COMMENT 'There were more bytes than `payload` holds.',
  "media_type" VARCHAR COMMENT 'What the payload is, if known.',
  "retryable" BOOLEAN COMMENT 'Another attempt may succeed.',
  "attempt" BIGINT COMMENT 'Which attempt this was, from 1.',
  "date" DATE,
  "source" VARCHAR
)
WITH (format = 'PARQUET', external_location = 'LAKE/rejects', partitioned_by = ARRAY['date', 'source']);
CALL system.sync_partition_metadata('depeche', 'rejects', 'ADD');

CREATE TABLE IF NOT EXISTS depeche.feed_polls (
  "feed_url" VARCHAR COMMENT 'The feed.',
  "polled_at" TIMESTAMP(6) COMMENT 'When it was asked.',
  "status" BIGINT COMMENT 'HTTP status; 0 where no answer came.',
  "etag" VARCHAR COMMENT 'ETag of the answer, verbatim.',
  "last_modified" VARCHAR COMMENT 'Last-Modified of the answer, verbatim.',
  "body_sha256" VARCHAR COMMENT 'SHA-256 of the answer’s body.',
  "entries" BIGINT COMMENT 'Entries in the answer.',
  "new_entries" BIGINT COMMENT 'Entries not seen before.',
  "next_due_at" TIMESTAMP(6) COMMENT 'When to ask again; null for never (the feed is gone).',
  "failures" BIGINT COMMENT 'Failures in a row.',
  "error" VARCHAR COMMENT 'What went wrong.',
  "moved_to" VARCHAR COMMENT 'Address that the feed has moved to for good; asked instead of `feed_url`.',
  "conditional_polls" BIGINT COMMENT 'Conditional requests since the whole feed was asked for.',
  "interval_secs" BIGINT COMMENT 'Time between polls that the feed asks for.',
  "skip_hours" ARRAY(BIGINT) COMMENT 'Hours (GMT) at which the feed asks not to be polled.',
  "skip_days" ARRAY(BIGINT) COMMENT 'Days likewise, 0 for Monday.',
  "seen" ARRAY(VARCHAR) COMMENT 'Keys of the entries that have been dealt with, the newest first.',
  "pending" ARRAY(VARCHAR) COMMENT 'Entries whose page failed and is to be tried again, as JSON.',
  "date" DATE,
  "source" VARCHAR
)
WITH (format = 'PARQUET', external_location = 'LAKE/feed_polls', partitioned_by = ARRAY['date', 'source']);
CALL system.sync_partition_metadata('depeche', 'feed_polls', 'ADD');
