"""The command line: every option has an effect, every mistake a remedy."""

import pytest

from pipeline.cli import main
from pipeline.options import SAMPLES, Settings, UsageError, parse


def test_parse__nothing__is_the_bundled_sample():
    settings = parse([])
    assert settings.inputs == tuple(str(SAMPLES / pattern) for pattern in ("*.txt", "*.html", "*.jsonl"))
    assert settings.output == "out"


def test_parse__every_option():
    argv = (
        "--input a b --input c --output o --limit 3 --source S --language fr --nlp-model en=x --nlp-model de=y "
        "--duplicate-days 5 --workers 2 --shards 4 --cycle-documents 7 --cycle-bytes 9 --wait 1.5 --max-rejects 0 --log-level info --runner FlinkRunner --temp_location=t"
    )
    assert parse(argv.split()) == Settings(
        inputs=("a", "b", "c"),
        output="o",
        limit=3,
        source="S",
        language="fr",
        models={"en": "x", "de": "y"},
        duplicate_days=5,
        workers=2,
        shards=4,
        cycle_documents=7,
        cycle_bytes=9,
        wait_secs=1.5,
        max_rejects=0,
        log_level="info",
        beam_args=("--runner", "FlinkRunner", "--temp_location=t"),
    )


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        ([], {"fr": None}),
        (["--nlp-model", "en=x"], {"fr": None, "en": "x"}),
        (["--nlp-model", "fr=x"], {"fr": "x"}),
        (["--nlp-model", "fr=none", "--nlp-model", "en=x"], {"en": "x"}),
        (["--nlp-model", "fr=none"], {}),
    ],
    ids=["shipped", "another", "instead", "one-left-out", "none-at-all"],
)
def test_parse__pipelines__are_the_shipped_ones_unless_another_or_none_is_named(argv, expected):
    assert parse(argv).pipelines == expected


def test_parse__options_of_a_continuous_job():
    got = parse(["--feeds", "a", "--streaming", "--window-seconds", "60", "--runner", "PrismRunner"])
    assert (got.streaming, got.window_secs, got.inputs) == (True, 60, ())


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--streaming"], "--streaming reads feeds: give --feeds"),
        (["--feeds", "x", "--streaming", "--follow"], "--streaming and --follow exclude each other"),
        (["--feeds", "x", "--streaming", "--input", "y"], "--streaming reads feeds alone"),
        (["--feeds", "x", "--window-seconds", "9"], "--window-seconds is about --streaming"),
        (["--feeds", "x", "--streaming"], "--streaming cannot run on the local runner"),
        (["--feeds", "x", "--retry-pages", "--no-fetch"], "leave out --no-fetch and --streaming"),
        (["--limit", "0"], "'0' is not a whole number of 1 or more"),
        (["--workers", "deux"], "'deux' is not a whole number of 1 or more"),
        (["--max-rejects", "-1"], "'-1' is not a whole number of 0 or more"),
        (["--cycle-documents", "0"], "'0' is not a whole number of 1 or more"),
        (["--wait", "-1"], "'-1' is not a number of seconds of 0 or more"),
        (["--wait", "nan"], "'nan' is not a number of seconds of 0 or more"),
        (["--language", "Français"], "'Français' is not a language code such as fr or en"),
        (["--nlp-model", "en"], "'en' is not LANG=NAME, for example en=en_core_web_sm"),
        (["--log-level", "loud"], "invalid choice: 'loud'"),
        (["--outptu", "x"], "unknown option '--outptu': neither Dépêche nor Beam has it; did you mean --output?"),
        (["stray"], "unknown option 'stray'"),
        (["--input", "rien/*.txt"], "no file matches --input 'rien/*.txt': give an existing file, folder or glob"),
        (["--nlp-model", "en=no_such"], "pip install no_such"),
        (["--output", __file__], "is a file: give a folder"),
        (["sql", "SELECT 1", "--lake", "nulle-part"], "no tables in 'nulle-part'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_main__bad_usage__exits_2_and_names_value_and_remedy(argv, message, capsys):
    try:
        code = main(argv)
    except SystemExit as exit_:
        code = exit_.code
    assert code == 2
    assert message in capsys.readouterr().err


def test_parse__unknown_option__is_a_usage_error():
    with pytest.raises(UsageError):
        parse(["--no-such-option"])


def test_help__names_the_exit_codes(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["--help"])
    assert exit_.value.code == 0
    assert "0 done, 1 failed, 2 bad usage, 3 done with more rejects" in " ".join(capsys.readouterr().out.split())


def test_options__are_read_without_loading_beam():
    import subprocess
    import sys

    code = "import sys, pipeline.cli, pipeline.options; print({'apache_beam', 'spacy'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "set()"
