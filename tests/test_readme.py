"""The README's queries give the results that it shows."""

import re

import pytest
from support import REPOSITORY

from pipeline.cli import main
from pipeline.sql import answer, open_lake

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```\n\n```text\n(.*?)```", README, re.S)


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lake")
    assert main(["--output", str(folder)]) == 0
    return open_lake(str(folder))


def test_readme__has_three_queries():
    assert len(QUERIES) == 3


@pytest.mark.parametrize(("query", "shown"), QUERIES, ids=["numbers", "speakers", "care"])
def test_query__gives_what_the_readme_shows(lake, query, shown):
    assert answer(lake, query) + "\n" == shown


def test_option__in_the_readme__exists(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    known = capsys.readouterr().out
    for option in set(re.findall(r"`(--[a-z-]+)", README)) - {"--runner"}:
        assert option in known or option.startswith("--temp")


def test_feed_questions__run_over_a_lake_with_feeds(tmp_path, capsys):
    questions = re.findall(r'^\./run_local\.sh sql "(SELECT [^"]*)" --lake lake$', README, re.M)
    assert len(questions) == 2
    feed = tmp_path / "fil.xml"
    feed.write_text(
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><guid>1</guid>'
        "<link>https://quais.example/1</link><content:encoded>&lt;p&gt;Le port de Saint-Elme rouvre lundi matin, a "
        "annoncé la préfecture.&lt;/p&gt;&lt;p&gt;La digue tient, a dit le maire devant la presse réunie sur le quai.&lt;/p&gt;</content:encoded></item></channel></rss>",
        encoding="utf-8",
    )
    lake = str(tmp_path / "lake")
    assert main(["--feeds", str(feed), "--no-fetch", "--language", "fr", "--output", lake]) == 0
    capsys.readouterr()
    by_source, by_feed = (answer(open_lake(lake), question).splitlines() for question in questions)
    assert by_source[2].split() == ["quais.example", "1"]
    assert by_feed[2].startswith(str(feed))
