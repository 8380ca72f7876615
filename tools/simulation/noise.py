"""Seeded noise: one stream of random numbers per name and chunk, and the autoregression built on it.

Streams are keyed by name, so that a token's noise depends on the seed, its name and the chunk alone:
not on its neighbours, and not on how far the market has been asked for.
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np

from core.market import Floats

CHUNK_DAYS = 64
HOURS = CHUNK_DAYS * 24
"""Hourly steps of one chunk; every chunk is made whole and kept."""

_NEGLIGIBLE = 1e-18


def stream(seed: int, name: str, chunk: int = 0) -> np.random.Generator:
    """The random numbers of *name* in *chunk* under *seed*."""
    key = int.from_bytes(sha256(name.encode()).digest()[:8], "big")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy=(seed, key, chunk))))


def decay_of(half_life: float) -> float:
    """The factor per step at which a shock has halved after *half_life* steps."""
    return float(0.5 ** (1.0 / half_life))


def autoregress(shocks: Floats, decay: float, before: float) -> Floats:
    """x[t] = decay · x[t−1] + shocks[t] with x[−1] = *before*, by recursive doubling.

    Args:
        shocks: Shape (n,).
        decay: Between 0 and 1, exclusive.
        before: The value one step before the first.
    """
    path = shocks.copy()
    path[0] += decay * before
    step, weight = 1, decay
    while step < len(path) and weight > _NEGLIGIBLE:
        path[step:] += weight * path[:-step]
        step, weight = 2 * step, weight * weight
    return path


def wander(generator: np.random.Generator, steps: int, half_life: float, sd: float, before: float) -> Floats:
    """*steps* of a mean-reverting Gaussian walk around 0 with stationary standard deviation *sd*."""
    decay = decay_of(half_life)
    spread = sd * float(np.sqrt(1.0 - decay * decay))
    return autoregress(spread * generator.standard_normal(steps), decay, before)
