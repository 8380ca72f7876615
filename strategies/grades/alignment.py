"""Where a frame begins, so that however a day is reached its grades are the same to the last bit."""

from __future__ import annotations

STRIDE = 128
LEAST_DAYS = 768


def frame_start(day: int) -> int:
    """The first day (days since 1970) of the frame that the grades of *day* are worked from.

    Frames of neighbouring days begin on the same day, so that a stream that moved on, a batch and a single
    question take in the very same rows: 768 to 895 days before *day*, fewer where candles begin later.

    >>> [frame_start(day) for day in (20000, 20095, 20096)]
    [19200, 19200, 19328]
    """
    return day // STRIDE * STRIDE - LEAST_DAYS
