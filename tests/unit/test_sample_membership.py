"""Who the members of the sample's clusters are: the figures of characteristics.csv, and wholes that parts add up to."""

from __future__ import annotations

import statistics
from functools import partial

import pytest

from tests.unit.test_sample_reading import CALIBRATED, ROOT, Sample, make, read_rows

SEEDS = (2024, 1, 2, 7, 99, 12345)
EACH = [(edition, seed) for edition in CALIBRATED for seed in SEEDS]
KINDS = (
    "enterprises", "science_institutions", "business_support_institutions", "local_government_units",
    "non_governmental_organisations", "other_members",
)  # fmt: skip
SIZES = ("micro_enterprises", "small_enterprises", "medium_enterprises", "large_enterprises")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    return partial(make, tmp_path_factory.getbasetemp() / "samples")  # one folder for all modules: made once


def assert_whole(sample: Sample) -> None:
    for parts, whole in ((KINDS, "members"), (SIZES, "enterprises")):
        columns = [sample.numbers(part) for part in parts]
        assert all(x is not None and x >= 0 for column in columns for x in column)
        assert [sum(row) for row in zip(*columns, strict=True)] == sample.numbers(whole)
    near, members = sample.numbers("members_in_coordinator_voivodeship"), sample.numbers("members")
    assert all(part <= whole for part, whole in zip(near, members, strict=True))


@pytest.mark.parametrize(("edition", "seed"), EACH)
def test_parts_add_up_and_figures_hold(made, edition, seed):
    sample = made(seed)[edition]
    assert_whole(sample)
    near, members = sample.numbers("members_in_coordinator_voivodeship"), sample.numbers("members")
    percent = [100 * part / whole for part, whole in zip(near, members, strict=True)]
    labels = {o["option_id"]: o["label_pl"] for o in sample.book.options_of("eucles_label")}
    # The clusters' sizes allow some shares only, so the median is met to a tenth of a percentage point.
    tolerance = {"mean_pct": 0.05, "median_pct": 0.1}
    for row in read_rows(ROOT / "sample" / "calibration" / str(edition) / "characteristics.csv"):
        match row["kind"]:
            case "total":
                found = sum(sample.numbers(row["question_id"]))
            case "n_positive":
                found = sum(x > 0 for x in sample.numbers(row["question_id"]))
            case "n_chosen":
                found = sample.text("eucles_label").count(labels[row["option_id"]])
            case "mean_pct":
                found = statistics.fmean(percent)
            case "median_pct":
                found = statistics.median(percent)
        assert found == pytest.approx(float(row["value"]), abs=tolerance.get(row["kind"], 0)), row
        assert row["source"] and row["assumed"] in ("yes", "no")


@pytest.mark.parametrize(("edition", "seed"), EACH)
def test_every_cluster_has_a_specialisation(made, edition, seed):
    sample = made(seed)[edition]
    options = [o["option_id"] for o in sample.book.options_of("national_smart_specialisations")]
    ticks = [sample.option("national_smart_specialisations", option) for option in options]
    assert min(sum(row) for row in zip(*ticks, strict=True)) >= 1


@pytest.mark.parametrize("clusters", [1, 7, 100])
def test_parts_add_up_in_a_world_of_another_size(made, clusters):
    samples = made(5, clusters)
    for edition in CALIBRATED:
        assert_whole(samples[edition])


def test_the_published_figures_of_2024_without_the_calibration_files(made):
    sample = made(2024)[2024]
    assert [sum(sample.numbers(name)) for name in KINDS[:4]] == [4113, 274, 265, 48]
    assert sum(x > 0 for x in sample.numbers("local_government_units")) == 18
    labels = sample.text("eucles_label")
    assert [labels.count(name) for name in ("brązowa", "srebrna", "złota")] == [3, 2, 4]
