"""What everything made of sample data says of itself: every file, table and page."""

SYNTHETIC_NOTICE = (
    "DANE SYNTETYCZNE: fikcyjne klastry, zmyślone odpowiedzi. "
    "SYNTHETIC DATA: made-up answers of fictitious clusters, not the study's."
)
