"""At the end of a run: what was skipped, once for each reason. `make test` loads it with `-p`."""

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Lists the reasons, the most frequent first, below pytest's own summary."""
    skipped = [report.longrepr for report in terminalreporter.stats.get("skipped", [])]
    reasons = Counter(
        str(one[2] if isinstance(one, tuple) else one).removeprefix("Skipped: ") for one in skipped
    )
    if reasons:
        terminalreporter.section("skipped")
        for reason, count in reasons.most_common():
            terminalreporter.write_line(f"{count:5} tests: {reason}")
