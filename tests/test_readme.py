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
