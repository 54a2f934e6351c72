"""The member opinions of the sample: every published share, mean and count, read from the written files alone."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from tests.unit.test_sample_reading import BOOKS, ROOT, Samples, make, number, read_rows, read_survey

SEEDS = (2024, 1, 99)
SURVEYED = (2014, 2020, 2022, 2024)
CALIBRATION = {edition: read_rows(ROOT / "sample/calibration" / str(edition) / "opinions.csv") for edition in SURVEYED}
KINDS = {"share": "share", "mean_rating": "mean", "mean_number": "mean_number", "n_clusters_choosing": "clusters"}
PRINTED = [
    {
        "question_id": row["subject_id"],
        "option_id": row["option_id"],
        "kind": KINDS[row["measure"]],
        "value": row["published"],
    }
    for row in read_rows(ROOT / "dbt_project/seeds/published_figure.csv")
    if row["table_no"] == "37"
]
# Of 2024 what Table 37 prints, typed apart from the sample; the earlier tables are not public.
FIGURES = CALIBRATION | {2024: PRINTED}
SHARE, MEAN = 0.1, 0.05  # percentage points; points of a rating from 1 to 5


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    return partial(make, tmp_path_factory.getbasetemp() / "samples")  # one folder for all modules: made once


def survey_of(edition: int) -> dict[str, object]:
    """How the edition's survey of members is described."""
    return BOOKS[edition].yml["surveys"]["member_opinion"]


def respondents(samples: Samples, edition: int) -> list[dict[str, object]]:
    """The rows of the file of members, by header."""
    return read_survey(samples.folder / str(edition), survey_of(edition))[1]


def chosen(edition: int, rows: list[dict[str, object]], question_id: str) -> list[str | None]:
    """The option that each respondent chose, by its code or label; None for no answer."""
    known: dict[str, str] = {}
    for option in BOOKS[edition].options_of(question_id):
        known |= {option["code"]: option["option_id"], option["label_pl"]: option["option_id"]}
    header = BOOKS[edition].questions[question_id]["header"]
    return [known[str(row[header])] if row[header] not in (None, "") else None for row in rows]


def percentages(edition: int, rows: list[dict[str, object]], question_id: str) -> tuple[int, dict[str, float]]:
    """How many answered, and the share of each option among them."""
    options = BOOKS[edition].options_of(question_id)
    if BOOKS[edition].questions[question_id]["type"] == "multiple_choice":
        ticked = str(BOOKS[edition].yml["ticked"][0])
        counts = {option["option_id"]: sum(row[option["header"]] == ticked for row in rows) for option in options}
        n = len(rows)
    else:
        answers = Counter(option for option in chosen(edition, rows, question_id) if option)
        counts, n = {option["option_id"]: answers[option["option_id"]] for option in options}, answers.total()
    return n, {option: 100 * count / n for option, count in counts.items()}


def rated(edition: int, rows: list[dict[str, object]], question_id: str) -> list[float]:
    """The ratings given, "don't know" left out."""
    values = {o["option_id"]: float(o["value"]) for o in BOOKS[edition].options_of(question_id) if o["value"]}
    return [values[option] for option in chosen(edition, rows, question_id) if option in values]


def printed_shares(edition: int) -> dict[str, dict[str, float]]:
    """The shares to be met: question → option → per cent."""
    shares: dict[str, dict[str, float]] = {}
    for row in FIGURES[edition]:
        if row["kind"] == "share":
            shares.setdefault(row["question_id"], {})[row["option_id"]] = float(row["value"])
    return shares


def figures(edition: int, kind: str) -> dict[str, float]:
    """The other figures of a kind, by question."""
    return {row["question_id"]: float(row["value"]) for row in FIGURES[edition] if row["kind"] == kind}


def shortfall(edition: int, question_id: str, shares: dict[str, float]) -> float:
    """By how much each share of the question must miss, in percentage points, because they do not add up to 100."""
    if BOOKS[edition].questions[question_id]["type"] == "multiple_choice":
        return 0.0
    missed = abs(100 - sum(shares.values())) / len(shares)
    return missed if missed > SHARE else 0.0


def test_what_2024_published_is_a_share_a_mean_or_a_count_of_each_of_its_26_questions() -> None:
    asked = {row["question_id"]: int(row["question_no"]) for row in BOOKS[2024].questions.values() if row["question_no"]
             and row["survey"] == "member_opinion"}  # fmt: skip
    assert {row["question_id"] for row in PRINTED} == set(asked)
    assert set(asked.values()) == set(range(1, 27))
    assert len(PRINTED) == 207, "the rows of Table 37"


def test_the_sample_of_2024_is_held_to_what_is_printed() -> None:
    held = [row for row in CALIBRATION[2024] if not row["kind"].startswith("respondents")]
    assert [{name: row[name] for name in PRINTED[0]} for row in held] == PRINTED
    assert not [row for row in held if row["assumed"]]


def test_only_marketing_and_sales_cannot_be_met_by_whole_respondents() -> None:
    """Its printed shares add up to 98.7 %: of three shares at least one must be 0.43 percentage points off."""
    impossible = {name: round(shortfall(2024, name, shares), 2) for name, shares in printed_shares(2024).items()}
    assert {name: by for name, by in impossible.items() if by} == {"member_market_activity_4": 0.43}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("edition", SURVEYED)
def test_every_share_is_met(made, edition: int, seed: int) -> None:
    rows, missed = respondents(made(seed), edition), []
    lines = [f"{'':45} {'printed':>8} {'made':>8} {'off':>6} {'n':>4}"]
    for question_id, shares in printed_shares(edition).items():
        n, found = percentages(edition, rows, question_id)
        allowed = SHARE + shortfall(edition, question_id, shares)
        for option_id, share in shares.items():
            off = found[option_id] - share
            lines.append(f"{question_id + ' ' + option_id:45} {share:8.1f} {found[option_id]:8.2f} {off:6.2f} {n:4}")
            if abs(off) > allowed:
                missed.append(lines[-1])
    if seed == SEEDS[0]:
        print(f"Shares of {edition}, per cent of those answering", *lines, sep="\n")
    assert not missed
    assert len(lines) > 40


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("edition", SURVEYED)
def test_every_mean_is_met(made, edition: int, seed: int) -> None:
    rows, missed = respondents(made(seed), edition), []
    lines = [f"{'':45} {'printed':>8} {'made':>8} {'n':>4}"]
    for question_id, mean in figures(edition, "mean").items():
        given = rated(edition, rows, question_id)
        found = sum(given) / len(given)
        assert set(given) <= {1, 3, 5}
        lines.append(f"{question_id:45} {mean:8.1f} {found:8.3f} {len(given):4}")
        if abs(found - mean) > MEAN:
            missed.append(lines[-1])
    if seed == SEEDS[0]:
        print(f"Mean ratings of {edition}", *lines, sep="\n")
    assert not missed


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("edition", SURVEYED)
def test_as_many_respond_as_published_in_every_cluster_and_no_more_than_it_has_members(made, edition, seed) -> None:
    samples, survey = made(seed), survey_of(edition)
    rows = respondents(samples, edition)
    assert len(rows) == {2014: 618, 2020: 435, 2022: 642, 2024: 733}[edition]
    per_cluster = Counter(str(row[survey["cluster_column"]]) for row in rows)
    register = BOOKS[edition].yml["surveys"]["register"]
    members = {
        str(row[register["cluster_column"]]): number(row[BOOKS[edition].questions["members"]["header"]])
        for row in read_survey(samples.folder / str(edition), register)[1]
    }
    assert per_cluster.keys() == members.keys()
    assert all(5 <= n <= members[cluster] for cluster, n in per_cluster.items())
    assert len({row[survey["respondent_column"]] for row in rows}) == len(rows)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("edition", (2022, 2024))
def test_who_would_pay_more_is_of_21_clusters_and_would_pay_the_published_mean(made, edition: int, seed: int) -> None:
    rows = respondents(made(seed), edition)
    willing = [option == "yes" for option in chosen(edition, rows, "member_higher_fee")]
    clusters = {row[survey_of(edition)["cluster_column"]] for row, pays in zip(rows, willing, strict=True) if pays}
    assert len(clusters) == 21
    amounts = [number(row[BOOKS[edition].questions["member_higher_fee_amount"]["header"]]) for row in rows]
    assert [amount is not None for amount in amounts] == willing
    given = [amount for amount in amounts if amount is not None]
    assert sum(given) / len(given) == pytest.approx(6750, abs=0.5)
    assert len(set(given)) > 10


@pytest.mark.parametrize("edition", (2020, 2022, 2024))
def test_conditional_questions_are_answered_by_those_asked_alone(made, edition: int) -> None:
    rows = respondents(made(2024), edition)
    for question_id, row in BOOKS[edition].questions.items():
        if row["survey"] == "member_opinion" and row["asked_if_question"] and row["type"] == "single_choice":
            asked = [o in row["asked_if_option"].split(";") for o in chosen(edition, rows, row["asked_if_question"])]
            answered = [option is not None for option in chosen(edition, rows, question_id)]
            assert not any(said and not put for said, put in zip(answered, asked, strict=True))
            assert sum(answered) > 0.9 * sum(asked)


def test_most_members_confirm_what_their_coordinator_said(made) -> None:
    """Of the clusters that have a strategy more members took part in it than of those that have none."""
    rows = respondents(made(2024), 2024)
    header = BOOKS[2024].questions["strategy_status"]["header"]
    coordinators = read_survey(made(2024).folder / "2024", BOOKS[2024].yml["surveys"]["coordinator"])[1]
    labels = {option["label_pl"]: option["option_id"] for option in BOOKS[2024].options_of("strategy_status")}
    has_strategy = {row["id_klastra"]: labels[str(row[header])] != "none" for row in coordinators}
    part = {True: [], False: []}
    for row, option in zip(rows, chosen(2024, rows, "member_strategy_work"), strict=True):
        part[has_strategy[row["id_klastra"]]].append(option in ("in_the_team", "consulted"))
    assert sum(part[True]) / len(part[True]) > sum(part[False]) / len(part[False]) + 0.2


@pytest.mark.parametrize("edition", SURVEYED)
def test_persons_are_made_up_and_nobody_answers_twice_alike_or_in_a_hurry(made, edition: int) -> None:
    survey = survey_of(edition)
    rows = respondents(made(2024), edition)
    name, address = survey["personal_columns"]
    assert all(str(row[name]).startswith("Osoba Zmyślona ") for row in rows)
    assert all(str(row[address]).endswith(".example.invalid") for row in rows)
    assert {row[survey["data_kind_column"]] for row in rows} == {"syntetyczne"}
    numbered = [
        row["header"]
        for row in BOOKS[edition].questions.values()
        if row["survey"] == "member_opinion" and row["question_no"] and row["type"] != "multiple_choice"
    ]
    patterns = Counter(tuple(str(row[header]) for header in numbered) for row in rows)
    assert patterns.most_common(1)[0][1] == 1
    duration = BOOKS[edition].questions["member_interview_duration"]
    assert all(number(row[duration["header"]]) >= float(duration["plausible_minimum"]) for row in rows)


def test_other_worlds_have_as_many_respondents_per_cluster(tmp_path) -> None:
    from sample import write_samples

    write_samples({2024: tmp_path / "2024"}, tmp_path / "clusters", clusters=7, seed=3)
    survey = survey_of(2024)
    rows = read_survey(tmp_path / "2024", survey)[1]
    assert len(rows) == round(7 * 733 / 42)
    assert min(Counter(row[survey["cluster_column"]] for row in rows).values()) >= 5
