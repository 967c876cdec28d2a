"""The training page, `page`, and its parts."""
