"""The page "After Adam"."""
