"""A second, independent implementation of the study's method (method §2–§8), in NumPy and plain Python.

`compute(tables)` takes the raw tables and the seeds and returns every mart as a list of rows. It was written
from the description of the method alone; a test holds it against the marts row by row.

    reference_answers      §2  answers → indicator values and their status, segments of a cluster
    reference_scores       §3  bounds and normalised scores; §4 sub-areas, areas, overall
    reference_core             dimensions and facts
    reference_benchmark    §5  distributions, strengths, regression, spread, profiles
    reference_options      §2  options chosen; who took part
    reference_conformance  §6  nodes and questions through the editions
    reference_comparison   §6  two editions compared
    reference_trend        §6  the long series
    reference_survey       §7  opinions of members; §8 the audit of websites
    reference_numbers          quartiles, summaries, ranks, least squares
"""

from __future__ import annotations

from collections import defaultdict

from .reference_answers import EditionAnswers, Tables
from .reference_benchmark import Rows, SegmentsOf, benchmark_rows, profile_rows, regression_rows, spread_rows
from .reference_comparison import comparison_rows
from .reference_conformance import ConformingEdition, conformance_rows, lineage_rows, question_rows
from .reference_core import (
    answer_rows,
    cluster_rows,
    edition_row,
    identity_rows,
    node_rows,
    score_rows,
    segment_rows,
    value_rows,
    way_down_rows,
)
from .reference_numbers import null_if_nan
from .reference_options import option_rows, profile_of_edition
from .reference_scores import EditionScores
from .reference_survey import survey_rows
from .reference_trend import trend_rows

Marts = dict[str, Rows]


def compute_edition(tables: Tables, edition: EditionScores) -> Marts:
    """The marts that are about one edition only."""
    answers = edition.answers
    segment_of: SegmentsOf = {
        cut["cut_id"]: [answers.segment_of(cluster, cut) for cluster in answers.clusters] for cut in answers.cuts
    }
    region_of = {row["voivodeship"]: row["nuts1_region"] for row in tables["voivodeship"]}
    return {
        "dim_edition": edition_row(answers),
        "fct_answer": answer_rows(tables, answers.edition_id),
        "fct_indicator_value": value_rows(edition),
        "fct_normalisation_bound": [
            {"edition_id": answers.edition_id, "node_id": node_id, **span} for node_id, span in edition.bounds.items()
        ],
        "fct_score": score_rows(edition),
        **benchmark_rows(edition, segment_of),
        "score_regression": regression_rows(edition),
        "score_spread": spread_rows(edition),
        "cluster_profile": profile_rows(edition, segment_of),
        "option_share": option_rows(tables, answers, segment_of),
        "edition_profile": profile_of_edition(tables, answers),
        **way_down_rows(edition, segment_of),
        "dim_segment": segment_rows(answers, segment_of),
        "dim_cluster_edition": cluster_rows(answers, segment_of, region_of),
        **survey_rows(tables, answers, segment_of),
    }


def compute(tables: Tables) -> Marts:
    """All marts of all editions delivered; every number that is missing is None."""
    delivered = sorted(int(row["edition_id"]) for row in tables["delivery"])
    scores = {edition_id: EditionScores(EditionAnswers(tables, edition_id)) for edition_id in delivered}
    marts: Marts = defaultdict(list)
    for edition in scores.values():  # each by itself: none can influence another
        for name, rows in compute_edition(tables, edition).items():
            marts[name].extend(rows)
    marts["dim_node"] = node_rows(tables)
    marts["dim_cluster"] = identity_rows(marts["dim_cluster_edition"])

    editions = {edition_id: ConformingEdition(tables, each) for edition_id, each in scores.items()}
    marts["node_conformance"] = [row for edition in editions.values() for row in conformance_rows(tables, edition)]
    marts["question_edition"] = question_rows(editions)
    marts["cluster_lineage"] = lineage_rows(tables)
    marts["edition_comparison"] = comparison_rows(tables, editions)
    marts["edition_trend"], marts["edition_growth"] = trend_rows(tables, editions)
    return {name: [{k: null_if_nan(v) for k, v in row.items()} for row in rows] for name, rows in marts.items()}
