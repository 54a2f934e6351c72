"""The three doors: what the data must be like before they go on, as checks that an auditor can read.

Importing this package does not import Great Expectations; running a door does.
"""

from expectations.check import DOORS, Check
from expectations.data_docs import build_data_docs
from expectations.dbt_results import dbt_check_results
from expectations.intended import intended_rows
from expectations.result import CheckResult, DoorReport, append_check_results
from expectations.runner import intended_checks, run_door

__all__ = [
    "DOORS",
    "Check",
    "CheckResult",
    "DoorReport",
    "append_check_results",
    "build_data_docs",
    "dbt_check_results",
    "intended_checks",
    "intended_rows",
    "run_door",
]
