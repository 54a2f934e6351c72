"""One world behind the sample: the same clusters live through the editions, with the published totals of each."""

from __future__ import annotations

import csv
import itertools
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ingestion.codebook import load_codebook
from ingestion.delivery import receive
from ingestion.identity import load_identities
from ingestion.synthetic import SYNTHETIC_NOTICE
from sample import RealClusters, write_sample, write_samples
from tests.published import SIZES
from tests.readings import read_all
from tests.unit.test_sample_reading import BOOKS, EDITIONS, REAL, make, read_rows

SEEDS = (2024, 1, 2, 7, 99, 12345)
BUDGET = "cluster_budget_year_1;cluster_budget_year_2"
# Further totals, as published, with the number of clusters that answered.
TOTALS = {
    (2014, "employment_all_members"): (96_500, 35),
    (2018, "employment_all_members"): (284_800, 40),
    (2020, "employment_all_members"): (514_600, 40),
    (2014, BUDGET): (139_400_000, None),
    (2018, BUDGET): (35_250_000, None),
    (2018, "external_funds_year_1;external_funds_year_2"): (23_500_000, None),
    (2020, BUDGET): (222_100_000, None),
    (2022, BUDGET): (96_000_000, None),
}
PERIOD_ENDS = {2010: 2009, 2012: 2011, 2014: 2013, 2018: 2017, 2020: 2019, 2022: 2021, 2024: 2023}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    return partial(make, tmp_path_factory.getbasetemp() / "samples")  # one folder for all modules: made once


@pytest.mark.parametrize("seed", SEEDS)
def test_the_published_totals_are_met(made, seed):
    samples = made(seed)
    for edition, (clusters, members, enterprises) in SIZES.items():
        sample = samples[edition]
        assert (sample.n, sample.total("members"), sample.total("enterprises")) == (clusters, members, enterprises)
    assert sum(samples[2018].numbers("members")) / 40 == 84.35
    for (edition, question_ids), (total, answered) in TOTALS.items():
        assert round(samples[edition].total(question_ids), 3) == total, (edition, question_ids)
        if answered:
            assert sum(x is not None for x in samples[edition].numbers(question_ids)) == answered
    own, external = (samples[2020].total(f"{name}_year_1;{name}_year_2") for name in ("own_funds", "external_funds"))
    assert own > 17_300_000 and external > 200_000_000
    assert round(own + external) == 222_100_000


def test_every_held_total_of_the_older_editions_is_met(made):
    checked = 0
    for edition, sample in ((edition, made(1)[edition]) for edition in (2010, 2012, 2014, 2018, 2020)):
        for row in BOOKS[edition].counts:
            if row["kind"] == "total":
                assert round(sample.total(row["question_id"]), 3) == float(row["value"]), (edition, row)
            elif row["kind"] == "n_missing":
                for question_id in row["question_id"].split(";"):
                    assert sample.numbers(question_id).count(None) == int(row["value"])
            else:
                assert row["kind"] == "rest"
                rest, whole, part = (np.array(sample.base(q)) for q in row["question_id"].split(";"))
                assert rest == pytest.approx(whole - part) and (rest >= 0).all()
            checked += 1
    assert checked == sum(len(BOOKS[edition].counts) for edition in (2010, 2012, 2014, 2018, 2020))


def test_as_many_clusters_come_again_as_is_known(made):
    samples = made(2024)
    known = {edition: set(samples.identities(edition)) for edition in EDITIONS}
    assert len(known[2024] & known[2022]) == 32
    assert len(known[2014] & known[2012]) == 31
    assert len(known[2014] & known[2010]) == 20
    assert 25 <= len(known[2018] & known[2020]) <= 30
    assert 25 <= len(known[2020] & known[2022]) <= 30
    assert 18 <= len(known[2014] & known[2018]) <= 22
    assert known[2010] & known[2012]


@pytest.mark.parametrize(("seed", "clusters"), [*((seed, None) for seed in SEEDS), (5, 120)])
def test_clusters_keep_what_they_are_and_grow(made, seed, clusters):
    samples = made(seed, clusters)
    rows = {edition: samples.identities(edition) for edition in EDITIONS}
    stable = ("founded_year", "pkd_division", "voivodeship")
    texts = {(e, q): [cell.replace(" ", "") for cell in samples[e].text(q)] for e in EDITIONS for q in stable}
    members = {edition: samples[edition].numbers("members") for edition in EDITIONS}
    for earlier, later in itertools.combinations(EDITIONS, 2):
        for cluster_id in rows[earlier].keys() & rows[later].keys():
            one, two = rows[earlier][cluster_id], rows[later][cluster_id]
            for question_id in stable:
                before, after = texts[earlier, question_id][one], texts[later, question_id][two]
                assert before == after, (cluster_id, question_id)
            assert members[earlier][one] <= members[later][two], (cluster_id, earlier, later)
    for edition in EDITIONS:
        assert max(samples[edition].numbers("founded_year")) <= PERIOD_ENDS[edition]


@pytest.mark.parametrize("seed", SEEDS)
def test_maturity_lasts_from_edition_to_edition(made, seed):
    """Who is far in one edition is so in the next: the scores of the panel of 2022 and 2024 go together."""
    samples = made(seed)
    before, after = samples.identities(2022), samples.identities(2024)
    panel = sorted(before.keys() & after.keys())
    scores = [
        samples[edition].scores()["overall"][[rows[cluster_id] for cluster_id in panel]]
        for edition, rows in ((2022, before), (2024, after))
    ]
    assert np.corrcoef(scores)[0, 1] > 0.5


def test_names_depend_on_nothing_but_the_cluster_and_the_edition(made):
    """Not on the seed, nor on how many clusters there are; a cluster renamed keeps its id, and names are unique."""
    names: dict[tuple[str, int], str] = {}
    for samples in (made(2024), made(7), made(5, 120)):
        for edition in EDITIONS:
            texts = samples[edition].text("cluster_name")
            for cluster_id, row in samples.identities(edition).items():
                assert names.setdefault((cluster_id, edition), texts[row]) == texts[row]
    bearers: dict[str, set[str]] = {}
    for (cluster_id, _), name in names.items():
        bearers.setdefault(name, set()).add(cluster_id)
    assert all(len(ids) == 1 for ids in bearers.values())
    assert not set(bearers) & {row["name"] for row in REAL}
    of_cluster: dict[str, set[str]] = {}
    for (cluster_id, _), name in names.items():
        of_cluster.setdefault(cluster_id, set()).add(name)
    renamed = [cluster_id for cluster_id, known in of_cluster.items() if len(known) == 2]
    assert len(renamed) >= 5 and max(map(len, of_cluster.values())) == 2


def test_coordinators_change_now_and_then(made):
    samples, known = made(2024), {}
    for edition in EDITIONS:
        texts = samples[edition].text("coordinator_name")
        for cluster_id, row in samples.identities(edition).items():
            known.setdefault(cluster_id, []).append(texts[row])
    changes = [cluster_id for cluster_id, names in known.items() if len(set(names)) > 1]
    assert 5 <= len(changes) <= len(known) / 4


@pytest.mark.parametrize("seed", SEEDS)
def test_one_merger_and_one_split_are_recorded(made, seed):
    samples = made(seed)
    rows = read_rows(samples.who_is_who / "lineage.csv")
    known = {edition: samples.identities(edition) for edition in EDITIONS}
    members = {edition: samples[edition].numbers("members") for edition in EDITIONS}
    merger = [row for row in rows if row["kind"] == "merger"]
    split = [row for row in rows if row["kind"] == "split"]
    assert len(rows) == len(merger) + len(split) == 4
    ((_before, after),) = {(2014, int(row["edition_id"])) for row in merger}
    assert after == 2018 and len({row["successor_cluster_id"] for row in merger}) == 1
    whole = members[2018][known[2018][merger[0]["successor_cluster_id"]]]
    parts = [members[2014][known[2014][row["predecessor_cluster_id"]]] for row in merger]
    assert len(parts) == 2 and sum(parts) <= whole * 1.1
    assert {row["edition_id"] for row in split} == {"2020"}
    ((parent),) = {row["predecessor_cluster_id"] for row in split}
    assert parent in known[2018] and parent not in known[2020]
    assert all(row["successor_cluster_id"] in known[2020].keys() - known[2018].keys() for row in split)
    assert all(row["predecessor_cluster_id"] not in known[2018] for row in merger)


@pytest.mark.parametrize(("seed", "clusters"), [*((seed, None) for seed in SEEDS), (5, 120), (4, 10)])
def test_every_delivery_is_read_without_a_problem(made, tmp_path, seed, clusters):
    samples = made(seed, clusters)
    identities = load_identities(samples.who_is_who)
    for edition in EDITIONS:
        codebook = load_codebook(edition)
        delivery = receive(codebook, samples.folder / str(edition), tmp_path / "raw", "2026-01-01T00:00:00Z")
        reading = read_all(codebook, delivery, tmp_path / "raw", identities)
        assert (list(reading.problems), reading.rejected) == ([], [])
        clusters_answer = {name for name, survey in codebook.surveys.items() if survey.respondents == "clusters"}
        assert {reading.n_rows[name] for name in clusters_answer} == {samples[edition].n}
        assert {answer.cluster_id for answer in reading.answers} == set(samples.identities(edition))


def who_is_who(folder: Path) -> tuple[bytes, bytes]:
    return (folder / "aliases.csv").read_bytes(), (folder / "lineage.csv").read_bytes()


def test_an_edition_alone_is_the_same_and_who_is_who_grows_to_the_same_files(made, tmp_path):
    together = {path.name: path.read_bytes() for path in made(2024).files}
    for edition in (2024, 2010, 2018, 2012, 2022, 2014, 2020, 2018):
        for path in write_sample(tmp_path / str(edition), tmp_path / "clusters", edition):
            assert path.read_bytes() == together[path.name]
    assert who_is_who(tmp_path / "clusters") == who_is_who(made(2024).who_is_who)
    rows = read_rows(tmp_path / "clusters" / "aliases.csv")
    assert {row["note"] for row in rows} == {SYNTHETIC_NOTICE}
    assert len({(row["name"], row["from_edition"]) for row in rows}) == len(rows)


def test_who_is_who_keeps_the_clusters_of_a_larger_sample(made, tmp_path):
    write_sample(tmp_path / "2014", tmp_path / "clusters", 2014, clusters=60)
    larger = {row["name"] for row in read_rows(tmp_path / "clusters" / "aliases.csv")}
    write_sample(tmp_path / "2014", tmp_path / "clusters", 2014)
    assert {row["name"] for row in read_rows(tmp_path / "clusters" / "aliases.csv")} == larger


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("aliases.csv", ["Klaster Prawdziwy", "K900", "2024", ""]),
        ("aliases.csv", ["Klaster Prawdziwy", "K900", "2024", "reviewed by the contractor"]),
        ("lineage.csv", ["2024", "merger", "K001", "K002", "reviewed"]),
    ],
)
def test_made_up_clusters_never_stand_beside_real_ones(tmp_path, name, line):
    write_sample(tmp_path / "first", tmp_path / "clusters", 2010)
    with (tmp_path / "clusters" / name).open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(line)
    before = who_is_who(tmp_path / "clusters")
    with pytest.raises(RealClusters, match=rf"{name}.*row \d+.*synthetic"):
        write_samples({2024: tmp_path / "2024"}, tmp_path / "clusters")
    assert who_is_who(tmp_path / "clusters") == before
    assert not (tmp_path / "2024").exists()
