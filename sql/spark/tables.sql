-- Written by `python -m schemas.external_tables spark`; a test keeps it current.
-- Replace LAKE by the address of the lake, for example gs://bucket/lake or s3://bucket/lake.

CREATE TABLE IF NOT EXISTS articles (
  `article_id` STRING COMMENT 'Stable id of the article: hash of its canonical URL, else of the feed entry, else of its text.',
  `version_id` STRING COMMENT 'Id of this version: hash of article_id, title, text, authors and publication date.',
  `url` STRING COMMENT 'Address it was read from.',
  `canonical_url` STRING COMMENT 'Address the publisher calls canonical, without tracking parameters.',
  `input_uri` STRING COMMENT 'File it was read from, with the place in it after #.',
  `media_type` STRING COMMENT 'What was read: text/plain, text/html.',
  `source_name` STRING COMMENT 'Publisher’s name as given or as the page states it.',
  `title` STRING COMMENT 'Headline, without the publisher’s suffix.',
  `title_source` STRING COMMENT 'Where the title came from: feed, json-ld, meta, html, sidecar, text.',
  `description` STRING COMMENT 'Summary by the publisher.',
  `authors` ARRAY<STRING> COMMENT 'Names of the authors, in order.',
  `language` STRING COMMENT 'ISO 639-1 code of the text’s language.',
  `language_score` DOUBLE COMMENT 'Confidence of the language identification.',
  `published_at` TIMESTAMP COMMENT 'Publication time; null if unknown.',
  `modified_at` TIMESTAMP COMMENT 'Time of the last change that the publisher states.',
  `date_source` STRING COMMENT 'Where the partition’s date came from: feed, json-ld, meta, html, sidecar, warc, fetch, file_mtime.',
  `fetched_at` TIMESTAMP COMMENT 'Fetch time, WARC-Date or file time.',
  `section` STRING COMMENT 'Section of the publication.',
  `tags` ARRAY<STRING> COMMENT 'Keywords by the publisher.',
  `image_url` STRING COMMENT 'Lead picture.',
  `feed_url` STRING COMMENT 'Feed that announced it.',
  `feed_entry_id` STRING COMMENT 'Id of the entry in that feed.',
  `text` STRING COMMENT 'The cleaned text. Every offset of every table counts its code points.',
  `word_count` BIGINT COMMENT 'Runs of letters and digits in `text`.',
  `content_hash` STRING COMMENT 'SHA-256 of the text with case, accents, punctuation and spacing folded.',
  `simhash` BIGINT COMMENT '64-bit similarity hash of the text: near-duplicates differ in few bits.',
  `minhash` STRING COMMENT 'MinHash of the text’s word pairs: the share of equal bytes is about their Jaccard likeness.',
  `sentence_sketches` STRING COMMENT 'What each sentence says: 12 digits stand for its numbers and names, 20 for its words.',
  `duplicate_of` STRING COMMENT 'article_id of the earliest article that this one copies; such a copy is not annotated and has no entities and no claims.',
  `edits` ARRAY<STRUCT<`rule`: STRING, `at`: BIGINT, `removed`: STRING>> COMMENT 'What cleaning took out of the extracted text.',
  `quality_flags` ARRAY<STRING> COMMENT 'What to know before use: number_artifact, unclosed_quote, captions_removed, machine_translated, truncated, paywalled, encoding_repaired, date_refused, date_missing, language_unsupported, unknown_keys.',
  `nlp_model` STRING COMMENT 'Name and version of the language pipeline; null where there was none.',
  `document_id` STRING COMMENT 'Id of the document it was read from: hash of its bytes, of what came along with it and of the cleaning’s version. A local run passes over documents that it finds here.',
  `date` DATE,
  `source` STRING
)
USING PARQUET PARTITIONED BY (`date`, `source`) LOCATION 'LAKE/articles';
MSCK REPAIR TABLE articles;

CREATE TABLE IF NOT EXISTS entities (
  `entity_id` STRING COMMENT 'Stable key of the canonical name and its label: the same in every article.',
  `article_id` STRING COMMENT 'The article.',
  `version_id` STRING COMMENT 'The version of the article.',
  `mention_id` STRING COMMENT 'Id of this row.',
  `surface` STRING COMMENT 'The words as they stand in the text.',
  `start` BIGINT COMMENT 'First code point in `articles.text`.',
  `end` BIGINT COMMENT 'One past the last.',
  `label` STRING COMMENT 'What it names: PER, LOC, ORG, EVENT, PRODUCT, DATE, TIME, QUANTITY, MONEY, PERCENT.',
  `canonical_name` STRING COMMENT 'Fullest name of the entity.',
  `role` STRING COMMENT 'Title or function beside the name.',
  `method` STRING COMMENT 'How it was recognised: model, rule.',
  `sentence_index` BIGINT COMMENT 'Sentence of the text, from 0.',
  `in_quote` BOOLEAN COMMENT 'Inside quotation marks.',
  `in_title` BOOLEAN COMMENT 'The same words stand in the title.',
  `country_code` STRING COMMENT 'ISO 3166-1 alpha-2 code of a country or nationality.',
  `date` DATE,
  `source` STRING
)
USING PARQUET PARTITIONED BY (`date`, `source`) LOCATION 'LAKE/entities';
MSCK REPAIR TABLE entities;

CREATE TABLE IF NOT EXISTS claims (
  `claim_id` STRING COMMENT 'Id of this row.',
  `article_id` STRING COMMENT 'The article.',
  `version_id` STRING COMMENT 'The version of the article.',
  `kind` STRING COMMENT 'How it stands to quotation marks: direct, indirect, mixed.',
  `text` STRING COMMENT 'The attributed words, without the marks around them.',
  `start` BIGINT COMMENT 'First code point in `articles.text`.',
  `end` BIGINT COMMENT 'One past the last.',
  `sentence_index` BIGINT COMMENT 'Sentence the claim starts in, from 0.',
  `cue` STRING COMMENT 'The words that attribute ("a déclaré", "Selon"); null for a bare quotation.',
  `cue_start` BIGINT COMMENT 'First code point of the cue.',
  `cue_end` BIGINT COMMENT 'One past its last.',
  `cue_lemma` STRING COMMENT 'Dictionary form of the cue.',
  `cue_class` STRING COMMENT 'What kind of act the cue reports: say, deny, accuse, warn, promise, ask, think, fear, report, according_to.',
  `speaker` STRING COMMENT 'The mention of the speaker nearest to the cue; null if none is expressed.',
  `speaker_start` BIGINT COMMENT 'First code point of that mention.',
  `speaker_end` BIGINT COMMENT 'One past its last.',
  `speaker_name` STRING COMMENT 'Who that is, by the fullest name in the article.',
  `speaker_entity_id` STRING COMMENT 'The speaker in `entities`.',
  `speaker_method` STRING COMMENT 'How the speaker was found: subject, agent, according_to, colon, continued, pronoun, description, context.',
  `quote_status` STRING COMMENT 'State of the quotation marks: closed, repaired, unclosed, none.',
  `modality` STRING COMMENT 'How the text stands to it: asserted, conditional, negated, question, future.',
  `entities` ARRAY<STRING> COMMENT 'entity_id of every entity inside the claim, in text order.',
  `quantities` ARRAY<STRUCT<`surface`: STRING, `value`: DOUBLE, `unit`: STRING, `approximate`: BOOLEAN, `reliable`: BOOLEAN>> COMMENT 'Numbers inside the claim.',
  `before` STRING COMMENT 'Up to 160 code points before it.',
  `after` STRING COMMENT 'Up to 160 code points after it.',
  `rule` STRING COMMENT 'The construction that found it.',
  `date` DATE,
  `source` STRING
)
USING PARQUET PARTITIONED BY (`date`, `source`) LOCATION 'LAKE/claims';
MSCK REPAIR TABLE claims;

CREATE TABLE IF NOT EXISTS rejects (
  `reject_id` STRING COMMENT 'Id of this row: hash of stage, reason, input_uri and payload.',
  `stage` STRING COMMENT 'Step that rejected it: read, fetch, clean, annotate.',
  `reason` STRING COMMENT 'Why: unreadable_file, truncated_file, unknown_file_type, invalid_json, missing_content, invalid_warc, empty, binary, too_large, no_article, timeout, crashed, undecodable, invalid_feed, fetch_failed, fetch_refused, no_full_content.',
  `detail` STRING COMMENT 'The reason in words, with the value that caused it.',
  `error_class` STRING COMMENT 'Class of the exception, if there was one.',
  `traceback` STRING COMMENT 'Its traceback, if the failure was unexpected.',
  `input_uri` STRING COMMENT 'File it was read from, with the place in it after #.',
  `url` STRING COMMENT 'Address of the document, if known.',
  `fetched_at` TIMESTAMP COMMENT 'Fetch time, WARC-Date or file time.',
  `payload_sha256` STRING COMMENT 'SHA-256 of the bytes as read.',
  `payload` BINARY COMMENT 'The first 256 KiB of the bytes.',
  `payload_truncated` BOOLEAN COMMENT 'There were more bytes than `payload` holds.',
  `media_type` STRING COMMENT 'What the payload is, if known.',
  `retryable` BOOLEAN COMMENT 'Another attempt may succeed.',
  `attempt` BIGINT COMMENT 'Which attempt this was, from 1.',
  `date` DATE,
  `source` STRING
)
USING PARQUET PARTITIONED BY (`date`, `source`) LOCATION 'LAKE/rejects';
MSCK REPAIR TABLE rejects;

CREATE TABLE IF NOT EXISTS feed_polls (
  `feed_url` STRING COMMENT 'The feed.',
  `polled_at` TIMESTAMP COMMENT 'When it was asked.',
  `status` BIGINT COMMENT 'HTTP status; 0 where no answer came.',
  `etag` STRING COMMENT 'ETag of the answer, verbatim.',
  `last_modified` STRING COMMENT 'Last-Modified of the answer, verbatim.',
  `body_sha256` STRING COMMENT 'SHA-256 of the answer’s body.',
  `entries` BIGINT COMMENT 'Entries in the answer.',
  `new_entries` BIGINT COMMENT 'Entries not seen before.',
  `next_due_at` TIMESTAMP COMMENT 'When to ask again; null for never (the feed is gone).',
  `failures` BIGINT COMMENT 'Failures in a row.',
  `error` STRING COMMENT 'What went wrong.',
  `moved_to` STRING COMMENT 'Address that the feed has moved to for good; asked instead of `feed_url`.',
  `conditional_polls` BIGINT COMMENT 'Conditional requests since the whole feed was asked for.',
  `interval_secs` BIGINT COMMENT 'Time between polls that the feed asks for.',
  `skip_hours` ARRAY<BIGINT> COMMENT 'Hours (GMT) at which the feed asks not to be polled.',
  `skip_days` ARRAY<BIGINT> COMMENT 'Days likewise, 0 for Monday.',
  `seen` ARRAY<STRING> COMMENT 'Keys of the entries that have been dealt with, the newest first.',
  `pending` ARRAY<STRING> COMMENT 'Entries whose page failed and is to be tried again, as JSON.',
  `date` DATE,
  `source` STRING
)
USING PARQUET PARTITIONED BY (`date`, `source`) LOCATION 'LAKE/feed_polls';
MSCK REPAIR TABLE feed_polls;
