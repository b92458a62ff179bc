"""Whole runs through the command line, and the invariants of what they wrote."""

import gzip
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from support import REPOSITORY, shared_folder

from pipeline.cli import main
from pipeline.sql import open_lake

COUNT = "SELECT count(*) FROM "


def run(output: Path, *argv: str) -> int:
    return main([*argv, "--output", str(output)])


def contents(lake: Path) -> dict[str, str]:
    """Every file of a lake with the hash of its bytes."""
    files = (path for path in lake.rglob("*") if path.is_file())
    return {str(path.relative_to(lake)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def rows(lake: Path, query: str) -> list[tuple]:
    return open_lake(str(lake)).execute(query).fetchall()


def false_spans(lake: Path) -> list[tuple]:
    """Rows whose offsets do not point at their words (invariant 1)."""
    texts = dict(rows(lake, "SELECT version_id, text FROM articles"))
    spans = rows(
        lake,
        """SELECT version_id, surface, "start", "end" FROM entities
        UNION ALL SELECT version_id, text, "start", "end" FROM claims
        UNION ALL SELECT version_id, cue, cue_start, cue_end FROM claims WHERE cue IS NOT NULL
        UNION ALL SELECT version_id, speaker, speaker_start, speaker_end FROM claims WHERE speaker IS NOT NULL""",
    )
    assert spans
    return [span for span in spans if texts[span[0]][span[2] : span[3]] != span[1]]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The bundled sample in tables."""
    lake = tmp_path_factory.mktemp("sample")
    assert run(lake) == 0
    return lake


def test_sample__conserves_its_documents(sample):
    assert rows(sample, COUNT + "articles") == [(13,)]
    assert rows(sample, "SELECT reason FROM rejects ORDER BY reason") == [("empty",), ("invalid_json",)]


def test_sample__spans_are_true(sample):
    assert false_spans(sample) == []


def test_sample__every_row_belongs_to_an_article_of_its_partition(sample):
    for table in ("entities", "claims"):
        joined = f"{table} LEFT JOIN articles a USING (version_id, article_id, date, source) WHERE a.text IS NULL"
        assert rows(sample, COUNT + joined) == [(0,)]


def test_sample__keys_are_unique(sample):
    for table, key in (("articles", "version_id"), ("entities", "mention_id"), ("claims", "claim_id")):
        assert rows(sample, f"SELECT {key} FROM {table} GROUP BY 1 HAVING count(*) > 1") == []


def test_sample__partition_is_the_day_of_publication_and_the_publisher(sample):
    assert rows(sample, COUNT + "articles WHERE date <> published_at::DATE") == [(0,)]
    assert rows(sample, "SELECT DISTINCT typeof(date), typeof(source) FROM articles") == [("DATE", "VARCHAR")]


def test_sample__a_correction_is_a_new_version_of_its_article(sample):
    versions = rows(
        sample, "SELECT count(*), count(DISTINCT version_id) FROM articles GROUP BY article_id HAVING count(*) > 1"
    )
    assert versions == [(2, 2)]


def test_sample__edits_put_back__are_recorded(sample):
    removed = {rule for (rule,) in rows(sample, "SELECT DISTINCT unnest(edits).rule FROM articles")}
    assert {"caption", "read_more"} <= removed


def test_sample__again__changes_no_file(sample, capsys):
    before = contents(sample)
    assert run(sample) == 0
    assert "read 15 = articles 0 + known 13 + rejects 2" in capsys.readouterr().out
    assert contents(sample) == before


def test_sample__in_two_processes__gives_the_same_files(sample, tmp_path, capfd):
    assert run(tmp_path / "lake", "--workers", "2") == 0
    assert contents(tmp_path / "lake") == contents(sample)
    assert capfd.readouterr().err == ""


def test_sample__no_language_pipeline__gives_the_same_articles_and_loads_none(sample, tmp_path):
    program = (
        "import sys; from pipeline.cli import main; code = main(sys.argv[1:]); sys.exit(code or 'spacy' in sys.modules)"
    )
    argv = ("--nlp-model", "fr=none", "--output", str(tmp_path / "lake"))
    subprocess.run([sys.executable, "-c", program, *argv], cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
    cleaned = "SELECT * EXCLUDE (nlp_model, quality_flags) FROM articles ORDER BY ALL"
    assert rows(tmp_path / "lake", cleaned) == rows(sample, cleaned)
    told = "nlp_model IS NULL AND ('language_unsupported' IN quality_flags) = (duplicate_of IS NULL)"
    assert rows(tmp_path / "lake", COUNT + f"articles WHERE {told}") == [(13,)]
    assert rows(tmp_path / "lake", COUNT + "entities") == rows(tmp_path / "lake", COUNT + "claims") == [(0,)]


def test_sample__more_rejects_than_allowed__exits_3(tmp_path, capsys):
    assert run(tmp_path / "lake", "--max-rejects", "1") == 3
    assert "2 rejects are more than --max-rejects 1" in capsys.readouterr().err


def test_limit__reads_the_first_documents(tmp_path, capsys):
    assert run(tmp_path / "lake", "--limit", "2", "--input", str(REPOSITORY / "samples" / "*.txt")) == 0
    assert "read 2 = articles 2 + known 0 + rejects 0" in capsys.readouterr().out


def test_source_and_language__apply_to_what_states_none(tmp_path):
    text = "Le port rouvre lundi. « La digue tient », a déclaré le maire de Saint-Elme, Aziz Lemoine."
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    assert run(tmp_path / "lake", "--input", str(tmp_path / "a.txt"), "--source", "Les Quais", "--language", "fr") == 0
    assert rows(tmp_path / "lake", "SELECT source, source_name, language, date_source FROM articles") == [
        ("les-quais", "Les Quais", "fr", "file_mtime")
    ]


def test_shards__spread_a_partition_over_files(tmp_path):
    lines = [
        {"text": f"Le port rouvre. Avis {n}.", "source": "Les Quais", "published_at": "2024-03-01"} for n in range(12)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert run(tmp_path / "lake", "--input", str(tmp_path / "a.jsonl"), "--shards", "3", "--language", "fr") == 0
    assert len([name for name in contents(tmp_path / "lake") if name.startswith("articles/")]) == 3
    assert rows(tmp_path / "lake", COUNT + "articles") == [(12,)]


BAD_INPUTS = {
    "vide.txt": b"",
    "blancs.txt": b" \n\t\n",
    "binaire.txt": bytes(range(256)) * 40,
    "coupe.txt.gz": gzip.compress(b"Un texte assez long pour remplir. " * 900)[:-20],
    "pas-de-gzip.html.gz": b"rien",
    "sans-article.html": b"<html><head><title>Menu</title></head><body><nav><a href='/'>Accueil</a></nav></body></html>",
    "enorme.html": b"<p>" + b"x" * 50_000_000,
    "inconnu.pdf": b"%PDF-1.4",
}
ODD_INPUTS = {
    "nul.txt": "Le maire\x00 a déclaré que le port rouvre lundi matin.".encode(),
    "latin.txt": "L'été dernier, la préfète a affirmé que la digue était réparée.".encode("latin-1"),
    "lignes.jsonl": b"\n".join(
        [
            rb'{"text": "Le maire a dit que tout allait bien \ud83d ce lundi.", "source": "../../etc"}',
            b"{",
            b'{"text": "La pr\xc3\xa9f\xc3\xa8te a dit que la digue tenait.", "published_at": "9999-12-31T23:59:59Z"}',
        ]
    ),
}


def test_bad_input__becomes_rejects_or_flags_and_never_harms_its_neighbours(tmp_path):
    for name, content in (BAD_INPUTS | ODD_INPUTS).items():
        (tmp_path / name).write_bytes(content)
    lake = tmp_path / "lake"
    assert run(lake, "--input", *(str(tmp_path / name) for name in BAD_INPUTS | ODD_INPUTS), "--language", "fr") == 0

    reasons = rows(lake, "SELECT split_part(input_uri, '/', -1), stage || ' ' || reason FROM rejects ORDER BY ALL")
    assert reasons == [
        ("binaire.txt", "clean binary"),
        ("blancs.txt", "clean empty"),
        ("coupe.txt.gz", "read truncated_file"),
        ("enorme.html", "read too_large"),
        ("inconnu.pdf", "read unknown_file_type"),
        ("lignes.jsonl#line=2", "read invalid_json"),
        ("pas-de-gzip.html.gz", "read unreadable_file"),
        ("sans-article.html", "clean no_article"),
        ("vide.txt", "clean empty"),
    ]
    query = "SELECT split_part(input_uri, '/', -1), source, text, list_sort(quality_flags) FROM articles ORDER BY ALL"
    found = {name: (source, text, flags) for name, source, text, flags in rows(lake, query)}
    assert set(found) == {"latin.txt", "lignes.jsonl#line=1", "lignes.jsonl#line=3", "nul.txt"}
    assert found["latin.txt"][1] == "L'été dernier, la préfète a affirmé que la digue était réparée."
    assert "\x00" not in found["nul.txt"][1]
    assert "encoding_repaired" in found["nul.txt"][2]
    assert found["lignes.jsonl#line=1"][0] == "etc"
    assert "date_refused" in found["lignes.jsonl#line=3"][2]
    assert false_spans(lake) == []


def test_seeds__give_true_and_plentiful_rows(tmp_path, capsys):
    seeds = shared_folder("seeds")
    assert run(tmp_path, "--input", f"{seeds}/*.txt") == 0
    assert "read 5 = articles 5 + known 0 + rejects 0" in capsys.readouterr().out
    assert rows(tmp_path, COUNT + "claims")[0][0] >= 60
    assert rows(tmp_path, COUNT + "entities")[0][0] >= 150
    assert false_spans(tmp_path) == []


def test_pages__are_all_articles(tmp_path, capsys):
    pages = shared_folder("pages")
    gold = [json.loads(line) for line in (pages / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    for page in gold:
        name = page["file"]
        (tmp_path / name).symlink_to(pages / name)
        (tmp_path / name.replace(".html.gz", ".json")).write_text(json.dumps({"url": page["url"]}), encoding="utf-8")
    assert run(tmp_path / "lake", "--input", str(tmp_path / "*.html.gz")) == 0
    assert f"read {len(gold)} = articles {len(gold)} + known 0 + rejects 0" in capsys.readouterr().out
    assert false_spans(tmp_path / "lake") == []


def test_sample__in_cycles__gives_the_same_rows(sample, tmp_path):
    assert run(tmp_path / "lake", "--cycle-documents", "4") == 0
    assert len(contents(tmp_path / "lake")) >= len(contents(sample))
    for table in ("articles", "entities", "claims", "rejects"):
        query = f"SELECT * FROM {table} ORDER BY ALL"
        assert rows(tmp_path / "lake", query) == rows(sample, query)
