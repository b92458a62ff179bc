import pytest

from language.people import PersonMention, name_people


def named(*surfaces: str) -> list[str]:
    return name_people([PersonMention(surface) for surface in surfaces])


@pytest.mark.parametrize(
    ("surfaces", "expected"),
    [
        (["M. Durand", "Claire Durand", "Durand"], ["Claire Durand"] * 3),
        (["Sergueï Ivanov", "Sergei Ivanov", "Sergueï Ivanov", "S. Ivanov"], ["Sergueï Ivanov"] * 4),
        (["Michelle Obama", "Barack Obama", "Obama"], ["Michelle Obama", "Barack Obama", "Obama"]),
        (["Michelle Obama", "Obama"], ["Michelle Obama", "Obama"]),
        (["Obama"], ["Barack Obama"]),
        (["B. Obama"], ["Barack Obama"]),
        (["Kim Jong-un", "Kim"], ["Kim Jong-un"] * 2),
        (["Andrés Manuel Lopez Obrador", "Lopez Obrador"], ["Andrés Manuel Lopez Obrador"] * 2),
        (["Dupont", "Durand"], ["Dupont", "Durand"]),
        (["Joe Biden", "Joe Biden", "Joseph R. Biden"], ["Joe Biden"] * 3),
        ([], []),
        (["", "😀"], ["", "😀"]),
    ],
    ids=str,
)
def test_name_people__one_article(surfaces: list[str], expected: list[str]) -> None:
    assert named(*surfaces) == expected


def test_name_people__a_civility_tells_spouses_apart() -> None:
    mentions = [
        PersonMention("Hillary Clinton", "f"),
        PersonMention("Bill Clinton", "m"),
        PersonMention("Clinton", "f"),
        PersonMention("Clinton", "m"),
        PersonMention("Clinton"),
    ]
    assert name_people(mentions) == ["Hillary Clinton", "Bill Clinton", "Hillary Clinton", "Bill Clinton", "Clinton"]


def test_name_people__a_civility_of_the_other_sex_is_somebody_else() -> None:
    assert name_people([PersonMention("Claire Durand", "f"), PersonMention("Durand", "m")]) == [
        "Claire Durand",
        "Durand",
    ]


def test_name_people__the_order_of_mentions_does_not_matter() -> None:
    surfaces = ["Obama", "Claire Durand", "Durand", "Sergei Ivanov", "Sergueï Ivanov", "Ivanov"]
    forward = dict(zip(surfaces, named(*surfaces), strict=True))
    backward = dict(zip(reversed(surfaces), named(*reversed(surfaces)), strict=True))
    assert forward == backward


def test_name_people__thousands_of_namesakes_take_linear_time() -> None:
    surfaces = [f"Anne{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676)} Martin" for i in range(1500)]
    assert named(*surfaces, "Martin")[-1] == "Martin"
