"""What the package costs beside the same promises written by hand. Run it: `python -m tests.benchmarks`."""
