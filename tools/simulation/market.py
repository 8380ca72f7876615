"""The simulated market: seeded, endless, the same on every run. Nothing in it exists anywhere else.

Every token's path is made of streams keyed by the seed and the token's name, chunk after chunk of 64 days
with the state carried over. So a shorter question gets an exact prefix of a longer one's answer, and
more tokens change no other token. How prices come about: `climate`, `latent`, `path`; candles: `candles`.
"""

from __future__ import annotations

from core.assets import AssetRef
from core.instant import DAY, Instant, Interval
from core.market import BarSeries, Instants, Instrument
from core.spec import Spec
from tools.simulation.climate import REGIMES, Weather
from tools.simulation.facts import SOURCE, SimulatedFacts
from tools.simulation.latent import Latent
from tools.simulation.noise import CHUNK_DAYS
from tools.simulation.roster import tokens
from tools.simulation.settings import settings_from
from tools.simulation.tape import Tape
from tools.store.gate import judge


class SimulatedMarket:
    """A market of invented tokens, as ``sim?seed=7&assets=12&grain=1h&start=2024-01-01&faults=none`` names it.

    Candles begin 250 days before *start*. *canonical* is the spec with every key filled in; *symbols*
    are in the order of the roster; *assets* and *sectors* say what each symbol is; *facts* are the
    fundamentals and on-chain series (a `core.ports.FactSource`, asked by asset id).

    Raises:
        UsageError: an unknown key or value in the spec.
    """

    def __init__(self, spec: Spec) -> None:
        settings = settings_from(spec)
        listed = tokens(settings.seed, settings.assets, settings.start)
        self._begin = settings.begin
        self._weather = Weather(settings.seed, settings.begin)
        self._tapes = {token.symbol: Tape(settings, token, self._weather) for token in listed}
        self.canonical: str = settings.canonical
        self.grain: Interval = settings.grain
        self.start: Instant = settings.start
        self.symbols: tuple[str, ...] = tuple(self._tapes)
        self.assets: dict[str, AssetRef] = {token.symbol: token.ref for token in listed}
        self.sectors: dict[str, str] = {token.symbol: token.sector for token in listed}
        self.instruments: dict[str, Instrument] = {
            symbol: tape.instrument for symbol, tape in self._tapes.items()
        }
        by_asset = {tape.token.asset: tape for tape in self._tapes.values()}
        self.facts = SimulatedFacts(settings.seed, settings.begin, by_asset)

    def series(self, until: Instant) -> dict[str, BarSeries]:
        """Every symbol's candles closed by *until*, through the quality gate; no rows before a listing.

        A delisting is told only once it has happened by *until*.
        """
        found = {}
        for symbol, tape in self._tapes.items():
            gone = tape.token.delisted_at
            gone = gone if gone is not None and gone <= until else None
            found[symbol] = judge(tape.token.asset, tape.bars(until), SOURCE, delisted_at=gone)
        return found

    def truth(self, symbol: str, until: Instant) -> Latent:
        """The hidden fundamentals of *symbol* by day from the first candle on: for proofs, never for deciders."""
        return self._tapes[symbol].truth(until)

    def regimes(self, until: Instant) -> tuple[str, ...]:
        """The hidden regime of each day from the first candle on: for proofs, never for deciders."""
        days = max(0, (until - self._begin) // DAY)
        chunks = (self._weather.chunk(number).regime.tolist() for number in range(-(-days // CHUNK_DAYS)))
        return tuple(REGIMES[index] for chunk in chunks for index in chunk)[:days]

    def misprinted(self, symbol: str, until: Instant) -> Instants:
        """Opening instants of the candles that are bad ticks on purpose: for proofs, never for deciders."""
        return self._tapes[symbol].misprinted(until)
