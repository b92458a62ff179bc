-- Views for DuckDB over the tables articles, entities, claims and rejects.
-- `python -m pipeline sql "…"` loads them. Elsewhere: first tables.sql (with the lake's folder filled in), then this.

-- The version of each article that was changed last; a correction is a new version and the old one stays in `articles`.
CREATE OR REPLACE VIEW latest_articles AS
SELECT * FROM articles
QUALIFY row_number() OVER (
  PARTITION BY article_id
  ORDER BY coalesce(modified_at, published_at) DESC NULLS LAST, fetched_at DESC, version_id
) = 1;

-- Every version that is a copy, with the earliest article that it copies.
CREATE OR REPLACE VIEW copies AS
SELECT article_id, version_id, duplicate_of FROM articles WHERE duplicate_of IS NOT NULL;

-- The latest version of every article that copies no other: what to count when each story shall count once.
CREATE OR REPLACE VIEW original_articles AS
SELECT * FROM latest_articles WHERE duplicate_of IS NULL;

-- Who said what, where: the claims of the latest versions with their article.
CREATE OR REPLACE VIEW claims_with_sources AS
SELECT
  c.date, c.source, a.source_name, a.title, coalesce(a.canonical_url, a.url) AS url, a.published_at, a.authors,
  coalesce(c.speaker_name, c.speaker) AS speaker, c.speaker_entity_id, c.speaker_method, c.cue, c.cue_class,
  c.kind, c.modality, c.quote_status, c.text, c.before, c.after, c.entities, c.quantities,
  c.claim_id, c.article_id, c.version_id
FROM claims AS c
JOIN latest_articles AS a USING (version_id);

-- How often each entity was named each day, in how many articles and by how many sources.
CREATE OR REPLACE VIEW entities_per_day AS
SELECT
  e.date, e.entity_id, any_value(e.canonical_name ORDER BY e.canonical_name) AS name, e.label,
  any_value(e.country_code ORDER BY e.country_code) AS country_code,
  count(*) AS mentions, count(DISTINCT e.article_id) AS articles, count(DISTINCT e.source) AS sources
FROM entities AS e
JOIN latest_articles AS a USING (version_id)
GROUP BY e.date, e.entity_id, e.label;

-- Documents that did not become articles, by reason.
CREATE OR REPLACE VIEW rejects_by_reason AS
SELECT stage, reason, source, count(*) AS rejects, count(*) FILTER (WHERE retryable) AS retryable,
  min(date) AS first_day, max(date) AS last_day, min(detail) AS example
FROM rejects
GROUP BY stage, reason, source;
