"""Figures of the editions as they are published, typed in for the tests."""

# Clusters, members, enterprises (clusters of 2014: by the edition's own pages).
SIZES = {
    2010: (47, 1866, 1469),
    2012: (35, 1535, 1137),
    2014: (35, 1917, 1550),
    2018: (40, 3374, 2718),
    2020: (41, 3813, 3133),
    2022: (41, 4208, 3534),
    2024: (42, 4942, 4113),
}
