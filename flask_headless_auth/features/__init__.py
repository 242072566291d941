"""The capabilities of the API, one folder each; `catalog.py` lists them."""
