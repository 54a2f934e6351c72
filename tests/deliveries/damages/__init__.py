"""The damages by topic; importing this enters all of them."""

from tests.deliveries.damages import (  # noqa: F401
    archives,
    columns,
    options,
    quantities,
    respondents,
    safety,
    text_files,
    workbooks,
)
