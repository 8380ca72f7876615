"""What every report says in the same words."""

CONTEXT = (
    "For scale: Token Metrics' own example of its Trader Grade (Bitcoin, 2021 to 2023) earns 0.60 % a day when it trades "
    "the day whose close the grade needed (lag 0, t 4.5), 0.13 % a day one day later (t 0.9), and −0.03 % two days later. "
    "Only lags of 1 and more can be traded; lag 0 is shown here on demand alone, and marked."
)
INVESTOR = (
    "It cannot be validated on this universe: it rests on supply, fees, value locked, users and development, and of nearly "
    "all of these pairs nothing but prices is known. An empty table would say nothing, so there is none. What can be shown "
    "of it is shown elsewhere: on the simulated market, where fundamentals lead prices by construction, its formula finds "
    "them; on real Bitcoin and Ether its inputs, coverage and point in time are tested. Neither says that it "
    "predicts real prices."
)
METHOD = """- A grade of day D needs D's close. At lag 1 it is traded at the open of D + 1 and left at the open so many days later; at lag 2 a day later still. Nobody trades at the price that made the grade.
- Delisted assets stay in until their end: a holding is left at the last close that was printed, and lies in cash from there. Nothing crosses a stretch: a hole of more than 3 days, a redenomination or a ticker's new meaning ends a holding at the close before it. Holes of up to 3 days are held through. An asset without a candle on the day of trading cannot be bought and is not counted; where the data end before the horizon does, nothing is counted.
- Leveraged and pegged tokens, and claims on other assets, are neither compared nor ranked. At least 20 assets make a day.
- t and p: Lazarus, Lewis, Stock and Watson's equal-weighted cosine estimator with at most a third as many frequencies as there are horizons, and Student's distribution with as many degrees of freedom; in simulations it rejects 4 to 5 % of true nulls at 5 % where Newey-West with lags of the horizon rejects 10 to 12 %. Adjusted p-values: Romano and Wolf's step-down, dependence from a block bootstrap with blocks of twice the longest horizon.
- Intervals: stationary block bootstrap, blocks of at least twice the horizon, 2,000 resamples, one seed. Random scores: autoregressions as steady as the grade. Every figure comes again from the same input.
- Costs are the taker's fee and slippage of a side; nothing is added for size, funding or the limits of an account, so they are a lower bound. Prices are of one venue; the last trade of a day may have been at the bid or the ask, which lets neighbouring days look like reversals at lag 1, and less so at lag 2.
- The formula was declared before its outcomes were looked at; nothing was chosen by this table."""
