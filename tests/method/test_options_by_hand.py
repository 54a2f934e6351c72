"""Options chosen, and who took part, worked out on paper."""

from __future__ import annotations

from .by_hand import Results, assert_close, assert_row, by_hand
from .made_up import AUDIT, REFUSED, REJECTED, SKIPPED, MadeUpEdition

OPTIONS = by_hand(MadeUpEdition(2081))
OPTIONS.question("tools", "multiple_choice", options=("web", "social", "other"))
OPTIONS.question("portals", "multiple_choice", options=("x", "y"), asked_if=("tools", "social"))
OPTIONS.question("cloud", "level", options=("it", "ai"))
OPTIONS.question("strategy", "single_choice", options={"updated": 2, "written": 1, "none": 0})
OPTIONS.question("bodies", "integer", options={"many": 3, "few": 1, "none": 0})
OPTIONS.question("topics", "multiple_choice", options=("digital", "green"))
OPTIONS.question("opinions", "multiple_choice", options=("good",), survey=AUDIT)
OPTIONS.indicator("I.1.1", "tools", kind="options")
OPTIONS.indicator("I.1.2", "cloud", kind="options")
OPTIONS.indicator("I.1.3", "strategy")
OPTIONS.indicator("I.1.4", "bodies")
OPTIONS.cut("size", "members", ("small", None, 49), ("large", 50, 199), ("giant", 200, None))
OPTIONS.cluster(
    "a",
    {"tools": {"web": 1, "social": 1, "other": 3}, "portals": {"x": 1, "y": 0}, "cloud": {"it": 2, "ai": 1},
     "strategy": "updated", "bodies": 3, "topics": {"digital": 0, "green": 0}},
    members=20,
)  # fmt: skip
OPTIONS.cluster(
    "b",
    {"tools": {"web": 1, "social": 0}, "portals": SKIPPED, "cloud": {"it": 2}, "strategy": "none", "bodies": 2,
     "topics": {"digital": 1}},
    members=60,
)  # fmt: skip
OPTIONS.cluster(
    "c",
    {"tools": {"web": 1, "social": REJECTED}, "portals": {"y": 1}, "cloud": REFUSED, "strategy": "none", "bodies": 0},
    members=70,
)
OPTIONS.cluster("d", {"tools": {"web": 0, "social": 1}, "portals": {"x": 1, "y": 1}, "bodies": 12}, members=80)


def chosen(results: Results, question_id: str, segment_id: str = "all", level: int | None = None) -> dict:
    rows = results.rows("option_share", OPTIONS, question_id=question_id, segment_id=segment_id, answer_level=level)
    return {row["option_id"]: (row["n_chosen"], row["n_answering"], row["share"]) for row in rows}


def test_ticks_are_of_those_who_answered(results: Results) -> None:
    """c is in no base: one of its cells cannot be read. "Other" is chosen once, however many items are named."""
    assert_close(
        {name: share for name, (_, _, share) in chosen(results, "tools").items()},
        {"web": 2 / 3, "social": 2 / 3, "other": 1 / 3},
    )
    assert chosen(results, "tools", "large") == {"web": (1, 2, 0.5), "social": (1, 2, 0.5), "other": (0, 2, 0)}
    assert chosen(results, "topics") == {"digital": (1, 2, 0.5), "green": (0, 2, 0)}


def test_a_follow_up_is_of_those_who_were_asked(results: Results) -> None:
    assert chosen(results, "portals")["y"] == (2, 3, 2 / 3)
    assert chosen(results, "portals", "small") == {"x": (1, 1, 1), "y": (0, 1, 0)}


def test_levels_add_up_to_those_who_answered(results: Results) -> None:
    """b left one technology blank: none. c refused the question, d left all of it blank."""
    assert chosen(results, "cloud", level=0) == {"it": (0, 2, 0), "ai": (1, 2, 0.5)}
    assert chosen(results, "cloud", level=1) == {"it": (0, 2, 0), "ai": (1, 2, 0.5)}
    assert chosen(results, "cloud", level=2) == {"it": (2, 2, 1), "ai": (0, 2, 0)}
    assert chosen(results, "cloud", level=None) == {}


def test_single_choices_and_classes_of_numbers(results: Results) -> None:
    expected = {"updated": 1 / 3, "written": 0, "none": 2 / 3}
    assert_close({name: share for name, (_, _, share) in chosen(results, "strategy").items()}, expected)
    assert chosen(results, "bodies") == {"many": (2, 4, 0.5), "few": (1, 4, 0.25), "none": (1, 4, 0.25)}


def test_an_empty_segment_has_rows_without_a_share(results: Results) -> None:
    assert chosen(results, "tools", "giant") == dict.fromkeys(("web", "social", "other"), (0, 0, None))
    assert len(chosen(results, "cloud", "giant", level=1)) == 2


def test_the_indicator_a_question_belongs_to(results: Results) -> None:
    """Its own, or that of the question it hangs on; what a survey beside the benchmark asks is not here."""
    nodes = {row["question_id"]: row["node_id"] for row in results.rows("option_share", OPTIONS)}
    assert nodes == {
        "tools": "I.1.1", "portals": "I.1.1", "cloud": "I.1.2", "strategy": "I.1.3", "bodies": "I.1.4", "topics": None,
    }  # fmt: skip


PROFILE = by_hand(MadeUpEdition(2082))
PROFILE.indicator("I.1.1")
PROFILE.question("towns", "integer")
PROFILE.question("near", "integer")
PROFILE.question("label", "single_choice", options=("gold", "silver"))
PROFILE.question("fields", "multiple_choice", options=("ict", "food"))
PROFILE.characteristic("type", "count", "enterprises", "firms", whole="members")
PROFILE.characteristic("type", "count", "towns", "towns", whole="members")
PROFILE.characteristic("near", "share", "near", "near", whole="members")
PROFILE.characteristic("town", "any", "towns", "present")
PROFILE.characteristic("label", "choice", "label")
PROFILE.characteristic("field", "choice", "fields")
PROFILE.characteristic("region", "region", "voivodeship")
PROFILE.cluster(
    "a", {"towns": 0, "near": 10, "label": "gold", "fields": {"ict": 1, "food": 1}}, members=10, enterprises=9
)
PROFILE.cluster(
    "b",
    {"towns": 5, "near": 45, "label": "gold", "fields": {"ict": 0, "food": 1}},
    members=90,
    enterprises=81,
    voivodeship="podlaskie",
)
PROFILE.cluster(
    "c", {"towns": REFUSED, "near": 50, "fields": {"ict": 1, "food": REJECTED}}, members=100, enterprises=10
)
PROFILE.cluster("d", {"towns": 1, "near": 0}, members=None, enterprises=10, voivodeship=None)


def profile(results: Results, characteristic: str, category: str) -> dict:
    return dict(results.row("edition_profile", PROFILE, characteristic=characteristic, category=category))


def test_kinds_of_members_are_shares_of_the_same_members(results: Results) -> None:
    """c does not say how many towns, d not how many members: neither counts among the firms either."""
    firms = {"n_clusters": 2, "n": 90, "share": 0.9, "mean": 45, "median": 45}
    assert_row(profile(results, "type", "firms"), **firms)
    assert_row(profile(results, "type", "towns"), n_clusters=2, n=5, share=0.05, mean=2.5, median=2.5)


def test_concentration_is_the_mean_of_the_clusters_own_shares(results: Results) -> None:
    """10 of 10, 45 of 90, 50 of 100: 105 of 200 members; shares 1, 0.5, 0.5."""
    assert_row(profile(results, "near", "near"), n_clusters=3, n=105, share=0.525, mean=2 / 3, median=0.5)


def test_clusters_in_a_category(results: Results) -> None:
    assert_row(profile(results, "town", "present"), n_clusters=3, n=2, share=2 / 3, mean=2, median=1)
    assert_row(profile(results, "label", "gold"), n_clusters=2, n=2, share=1, mean=None, median=None)
    assert_row(profile(results, "label", "silver"), n_clusters=2, n=0, share=0, mean=None)
    assert_row(profile(results, "field", "ict"), n_clusters=2, n=1, share=0.5)
    assert_row(profile(results, "field", "food"), n_clusters=2, n=2, share=1)


def test_regions_without_a_cluster_have_a_row(results: Results) -> None:
    found = results.by("category", "n", "edition_profile", PROFILE, characteristic="region")
    assert found == {"PL2": 0, "PL4": 0, "PL5": 0, "PL6": 2, "PL7": 0, "PL8": 1, "PL9": 0}
    assert profile(results, "region", "PL6")["share"] == 2 / 3
