"""The page of maps: every cell is a whole run."""
