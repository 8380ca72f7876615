"""One asset in full, as one HTML page."""

from agent.report.analysis.page import page

__all__ = ["page"]
