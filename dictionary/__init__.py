"""The data dictionary of a release: a page per mart, diagrams of how they hang together, and the metrics."""
