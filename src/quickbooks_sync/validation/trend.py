"""How rejections and warnings of a flow developed over its last runs, as bars and as text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quickbooks_sync.validation.reports import RunReport

#: How many runs a chart shows.
RUNS = 12


@dataclass(frozen=True)
class Bar:
    """One run in a chart; heights are shares of the chart's highest bar, 0 to 100."""

    run: RunReport
    rejected_height: float
    warned_height: float


@dataclass(frozen=True)
class Trend:
    """The last runs of one flow of one company, oldest first."""

    bars: tuple[Bar, ...]

    @property
    def newest(self) -> RunReport:
        """The run that the trend ends with."""
        return self.bars[-1].run

    @property
    def rejected(self) -> str:
        """The rejected counts, oldest first."""
        return ", ".join(str(bar.run.rejected) for bar in self.bars)

    @property
    def warned(self) -> str:
        """The counts with warnings, oldest first."""
        return ", ".join(str(bar.run.warned) for bar in self.bars)


def to_trend(runs: Sequence[RunReport]) -> Trend | None:
    """Return the trend of a flow's runs (oldest first); `None` where there are none."""
    shown = runs[-RUNS:]
    if not shown:
        return None
    most = max(*(run.rejected + run.warned for run in shown), 1)
    return Trend(
        tuple(Bar(run, 100 * run.rejected / most, 100 * run.warned / most) for run in shown)
    )


def to_trends(reports: Iterable[RunReport]) -> list[Trend]:
    """Return one trend a flow and company from reports, newest first; in the order of the flows."""
    newest: dict[tuple[str, str, str], RunReport] = {}
    for report in reports:
        newest.setdefault((report.company, report.record_type, report.direction), report)
    trends = (to_trend(newest[key].history) for key in sorted(newest))
    return [trend for trend in trends if trend is not None]
