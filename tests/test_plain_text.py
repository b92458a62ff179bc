"""The second stage: what is not the article goes, every sentence stays, and all of it can be put back."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import EditRule
from transforms.edits import put_back
from transforms.furniture import Context
from transforms.plain_text import tidy

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"
BODY = "Le préfet a parlé.\n\n{}\n\nLa foule a applaudi."
CLEAN = "Le préfet a parlé.\n\nLa foule a applaudi."


@pytest.mark.parametrize(
    ("piece", "rules"),
    [
        pytest.param("Le préfet (Image : Getty)", [EditRule.CAPTION], id="caption"),
        pytest.param("Le maire [Photo: AFP]", [EditRule.CAPTION], id="caption-in-square-brackets"),
        pytest.param("Joe Biden\n\nLe président parle (Image: Getty)", [EditRule.CRUMB, EditRule.CAPTION], id="name"),
        pytest.param("troupes\n\nLe président parle (Image: Getty)", [EditRule.CRUMB, EditRule.CAPTION], id="word"),
        pytest.param("L\n\nOTAN contre Russie (Image : X)", [EditRule.CRUMB, EditRule.CAPTION], id="letter"),
        pytest.param("Noel Celis/AFP via Getty Images", [EditRule.CREDIT], id="agencies"),
        pytest.param("© Reuters", [EditRule.CREDIT], id="credit-line"),
        pytest.param("LIRE AUSSI : Un autre titre", [EditRule.READ_MORE], id="read-more-with-its-title"),
        pytest.param("À lire aussi La natalité russe menacée", [EditRule.READ_MORE], id="read-more-glued-to-its-title"),
        pytest.param("Lire aussi", [EditRule.READ_MORE], id="read-more-alone"),
        pytest.param("A NE PAS MANQUER :\n[RAPPORT]\n[RÉVÉLER]", [EditRule.READ_MORE] * 3, id="block"),
        pytest.param("Read more:\n- Another story\n- A third", [EditRule.READ_MORE] * 3, id="block-with-list"),
        pytest.param("Comparer", [EditRule.CRUMB], id="button"),
        pytest.param("soldats", [EditRule.CRUMB], id="lone-word-between-sentences"),
        pytest.param("Inscrivez-vous à notre newsletter pour tout savoir", [EditRule.NEWSLETTER], id="newsletter"),
    ],
)
def test_tidy__furniture_between_sentences__is_taken_out(piece: str, rules: list[EditRule]) -> None:
    text, edits = tidy(BODY.format(piece))
    assert text == CLEAN
    assert [edit.rule for edit in edits if edit.rule is not EditRule.WHITE_SPACE] == rules
    assert put_back(text, edits) == BODY.format(piece)


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param("Lire aussi est un plaisir.", id="sentence-that-begins-like-read-more"),
        pytest.param("Une nouvelle escalade", id="subheading"),
        pytest.param("« Nous partons », dit-il.", id="quotation"),
        pytest.param("Partager le gâteau est difficile.", id="sentence-that-begins-like-a-button"),
        pytest.param("Il a dit (source : le ministère) que tout va bien.", id="bracket-inside-a-sentence"),
        pytest.param("Recommandations", id="subheading-of-one-word"),
        pytest.param("- premier point\n- deuxième point", id="list"),
        pytest.param("Le magazine Photo : une histoire. Il paraît lundi.", id="colon-after-photo"),
        pytest.param("1", id="digit"),
        pytest.param("La ville soigne son nom (image-clé)", id="compound-in-brackets"),
        pytest.param("Die Zahl stieg auf 40 Prozent (Quelle: dpa)", id="source-of-a-figure"),
        pytest.param("En savoir plus : le site du ministère.", id="sentence-behind-a-phrase"),
        pytest.param("Il rêve. Elle dort. Nous partons (Photo : AFP).", id="credit-inside-the-last-sentence"),
    ],
)
def test_tidy__part_of_the_article__stays(piece: str) -> None:
    assert tidy(BODY.format(piece)) == (BODY.format(piece), ())


def test_tidy__heading_glued_to_a_sentence__only_the_heading_goes() -> None:
    text, edits = tidy("Il l'a dit à la BBC le 30 janvier.A NE PAS MANQUER :\n[RAPPORT]\n\nLa suite est ici.")
    assert text == "Il l'a dit à la BBC le 30 janvier.\n\nLa suite est ici."
    assert [edit.removed for edit in edits] == ["A NE PAS MANQUER :", "[RAPPORT]\n"]


def test_tidy__credit_behind_a_long_paragraph__only_the_credit_goes() -> None:
    paragraph = "Le préfet a parlé longtemps. " * 15
    text, _ = tidy(paragraph + "(Photo : AFP)")
    assert text == paragraph.rstrip()


def test_tidy__credit_behind_three_sentences__only_the_credit_goes() -> None:
    text, edits = tidy("Il rêve. Elle dort. Nous partons. (Photo : AFP)")
    assert text == "Il rêve. Elle dort. Nous partons."
    assert [edit.rule for edit in edits] == [EditRule.CREDIT]


def test_tidy__drop_cap_on_a_line_of_its_own__stays_with_its_sentence() -> None:
    broken = "Le préfet a parlé.\n\nL\n\n'Ukraine attend.\n\nFin."
    assert tidy(broken) == (broken, ())


def test_tidy__title_again__goes_and_the_first_stays_in_a_plain_text() -> None:
    written = "Un titre clair\n\nLe préfet a parlé.\n\nUn titre clair !\n\nFin."
    own = Context(("Un titre clair",), title_in_text=True)
    assert tidy(written, own)[0] == "Un titre clair\n\nLe préfet a parlé.\n\nFin."
    assert tidy(written, Context(("Un titre clair",)))[0] == "Le préfet a parlé.\n\nFin."


def test_tidy__control_characters__go_and_are_recorded() -> None:
    text, edits = tidy("Le pré\x00fet a par\x07lé.")
    assert text == "Le préfet a parlé."
    assert [(edit.rule, edit.removed) for edit in edits] == [
        (EditRule.CONTROL_CHARACTERS, "\x00"),
        (EditRule.CONTROL_CHARACTERS, "\x07"),
    ]


def test_tidy__space_around_lines__one_empty_line_stays_between_blocks() -> None:
    written = "\n\n  Un.  \n \n\n\nDeux.\nTrois.\n\n"
    text, edits = tidy(written)
    assert text == "Un.\n\nDeux.\nTrois."
    assert put_back(text, edits) == written


def test_tidy__page_lines__by_line_date_and_place_holders_go() -> None:
    written = "Von Anna Sleegers, Frankfurt\n\n05.08.2024, 20:59 Uhr\n\nEins zwei.\n\nBitte laden Sie den Inhalt\n\nDrei vier.\n\nBitte laden Sie den Inhalt\n\nFünf sechs.\n\nBitte laden Sie den Inhalt\n\nSieben."
    text, edits = tidy(written, Context(authors=("Anna Sleegers",), from_page=True))
    assert text == "Eins zwei.\n\nDrei vier.\n\nFünf sechs.\n\nSieben."
    assert put_back(text, edits) == written


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Anna Sleegers hat gewonnen", id="sentence-about-the-author"),
        pytest.param("Am 05.08.2024 kam der Bericht.", id="sentence-with-a-date"),
    ],
)
def test_tidy__sentence_with_name_or_date_on_a_page__stays(line: str) -> None:
    written = BODY.format(line)
    assert tidy(written, Context(authors=("Anna Sleegers",), from_page=True)) == (written, ())


PIECES = st.sampled_from(
    ["Le préfet a parlé.", "Joe Biden", "L", "(Image : Getty)", "X parle (Image: Getty)", "A NE PAS MANQUER :", "[RAPPORT]",
     "\x00", "\ufeff", "\n", "\n\n", "  ", "\t", "Comparer", "😀", "e\u0301", "Un titre clair", "« ", " »", "XNUMX", "\u2028"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(PIECES | st.text(max_size=8), max_size=30).map("".join), st.booleans(), st.booleans())
def test_tidy__any_text__put_back_gives_it_again(written: str, title_in_text: bool, from_page: bool) -> None:
    context = Context(("Un titre clair",), title_in_text=title_in_text, authors=("Joe Biden",), from_page=from_page)
    text, edits = tidy(written, context)
    assert put_back(text, edits) == written
    assert text == text.strip("\n ")


@settings(deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_tidy__any_text__a_second_pass_only_ever_takes_more_furniture(written: str) -> None:
    text, _ = tidy(written)
    again, edits = tidy(text)
    assert EditRule.CONTROL_CHARACTERS not in {edit.rule for edit in edits}
    assert put_back(again, edits) == text


@pytest.mark.skipif(not SEEDS.is_dir(), reason="needs the seeds beside the repository")
def test_tidy__seeds__sentences_stay_and_furniture_goes() -> None:
    for path in sorted(SEEDS.glob("*.txt")):
        written = path.read_text("utf-8")
        text, edits = tidy(written)
        assert put_back(text, edits) == written
        removed = [edit.removed for edit in edits if edit.rule is not EditRule.WHITE_SPACE]
        assert "(Image" not in text
        assert not any(mark in text for mark in ("A NE PAS MANQUER", "[RAPPORT]", "[RÉVÉLER]", "[APERÇU]"))
        assert not {"L", "troupes", "Comparer", "Pentagone", "Joe Biden"} & set(text.split("\n"))
        for piece in removed:  # nothing that closes like a sentence was taken
            assert not piece.rstrip().endswith((".", "!", "?", "»", "'"))
