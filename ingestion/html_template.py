"""Templates of the pages that are written: all that is put into one is escaped, and nothing may be missing."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any


@cache
def html_template(path: Path) -> Any:  # noqa: ANN401  a template of Jinja
    """The template in the file `path`."""
    # Imported here: most commands make no page.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(path.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(path.name)
