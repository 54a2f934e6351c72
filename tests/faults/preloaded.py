"""What the fork server imports once, so that no command forked from it has to: see commands.py."""

import tempfile
from pathlib import Path

import dbt.adapters.duckdb
import dbt.cli.main
import great_expectations
import pyarrow.parquet
import python_calamine

import expectations
import orchestration.command
import orchestration.edition_commands
import orchestration.runs
import orchestration.summary_text
from orchestration.transformation import load_manifest

__all__ = ["dbt", "expectations", "great_expectations", "orchestration", "pyarrow", "python_calamine"]

# dbt's parser imports a good part of dbt, and keeps what it has compiled for itself.
with tempfile.TemporaryDirectory() as _folder:
    load_manifest(target_path=Path(_folder))
