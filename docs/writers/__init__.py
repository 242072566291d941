"""What `docs/generate.py` writes with: one module for each kind of page."""
