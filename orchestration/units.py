"""In which unit the figures of a published column are: of a few columns it is another one in every row."""

from __future__ import annotations

SCORE = "score, 0–1"
SHARE = "share, 1 = 100 %"
NODE = "unit of the node: core.dim_node.unit"
QUESTION = "unit of the question"
MEASURE = "unit of the measure"
BOUND = "what the cut divides by: members, year of founding, level of strategy"

# Of every column of numbers in a table, where no column below says otherwise.
_OF_TABLE = {
    "benchmark.cluster_profile": SCORE,
    "benchmark.edition_comparison": SCORE,
    "benchmark.edition_growth": SHARE,
    "benchmark.edition_profile": "unit of the characteristic",
    "benchmark.edition_trend": MEASURE,
    "benchmark.indicator_statistic": NODE,
    "benchmark.option_share": SHARE,
    "benchmark.score_distribution": SCORE,
    "benchmark.score_spread": SCORE,
    "benchmark.strength_weakness": SCORE,
    "core.dim_segment": BOUND,
    "core.fct_answer": QUESTION,
    "core.fct_indicator_value": NODE,
    "core.fct_normalisation_bound": NODE,
    "core.fct_score": SCORE,
    "core.indicator_part": "1",
    "survey.accessibility_band": "criteria passed, 0–10",
    "survey.cluster_opinion": QUESTION,
    "survey.member_opinion": QUESTION,
    "audit.correction_effect": NODE,
    "audit.reconciliation": "as printed: column unit",
    "audit.reconciliation_summary": "units of the last printed digit",
}
_OF_COLUMN = {
    "annual_growth": SHARE,
    "confidence_level": SHARE,
    "fence_factor": "interquartile ranges",
    "intercept": SCORE,
    "mean_rating": "rating, 1–5",
    "minimum_availability": SHARE,
    "r_squared": "share of the variance, 0–1",
    "share": SHARE,
    "share_agreeing": SHARE,
    "share_confirming": SHARE,
    "share_lower": SHARE,
    "share_upper": SHARE,
    "slope": "score per unit of the variable",
    "slope_standard_error": "score per unit of the variable",
    "strength_above": SCORE,
    "threshold": NODE,
    "weakness_at_most": SCORE,
}


def unit_of(table: str, column: str, data_type: str) -> str | None:
    """The unit of a column of numbers that are no counts, ids or positions; None of any other column."""
    if data_type != "DOUBLE" and not data_type.startswith("DECIMAL"):
        return None
    return _OF_COLUMN.get(column) or _OF_TABLE.get(table)
