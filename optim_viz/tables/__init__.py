"""Tables of numbers to take away: named columns with units, as CSV, JSON, Parquet or a table of pandas, without loss.

table = tables.read("runs.csv")
table.to_dataframe()
"""

from optim_viz.tables.files import FORMATS, as_bytes, from_csv, from_json, from_parquet, read, usable, write
from optim_viz.tables.table import Column, Table, frame_of

__all__ = [
    "FORMATS",
    "Column",
    "Table",
    "as_bytes",
    "frame_of",
    "from_csv",
    "from_json",
    "from_parquet",
    "read",
    "usable",
    "write",
]
