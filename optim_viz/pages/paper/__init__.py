"""The Paper page (`page.py`), its sections (`sections/`), and what they are made of."""
