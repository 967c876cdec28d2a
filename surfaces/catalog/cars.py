"""Stopping distances of cars: a line through 50 measurements of the 1920s, by least squares.

    f(x, y) = 1/100 sum_i (x speed_i + y - dist_i)^2

The best line is dist = 3.9324 speed - 17.5791, speeds in miles an hour and distances in feet. Raw speeds make a valley
that is 2600 times as curved across as along; `scaled` = 1 makes it round: why inputs are standardised.

Source: Ezekiel, Methods of Correlation Analysis, Wiley (1930); the data set `cars` of R.
"""

from ..fit import from_rows

# speed in miles an hour, then the distances in feet that were measured at it
_DISTANCES = {
    4: (2, 10),
    7: (4, 22),
    8: (16,),
    9: (10,),
    10: (18, 26, 34),
    11: (17, 28),
    12: (14, 20, 24, 28),
    13: (26, 34, 34, 46),
    14: (26, 36, 60, 80),
    15: (20, 26, 54),
    16: (32, 40),
    17: (32, 40, 50),
    18: (42, 56, 76, 84),
    19: (36, 46, 68),
    20: (32, 48, 52, 56, 64),
    22: (66,),
    23: (54,),
    24: (70, 92, 93, 120),
    25: (85,),
}

SURFACE = from_rows(
    [(speed, distance) for speed, distances in _DISTANCES.items() for distance in distances],
    ("speed", "dist"),
    "least_squares",
    name="cars",
    title="Cars: distance by speed",
    source="Ezekiel, Methods of Correlation Analysis, Wiley (1930); the data set cars of R.",
    rank=220,
    batch_size=8,
    scaled=0,
)
