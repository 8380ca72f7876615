"""Indicators: floats in, floats out; nothing here may be spent.

The series (moving averages, bands, ranges) take one or more columns of one unbroken segment, oldest first,
and answer with an array of the same length. Where there is not yet enough past it holds NaN, which is never
filled backwards: that would let the start see the future. A value rests on its own bar and earlier ones only.
What `catalog` lists answers for the newest bar alone, with `None` where there is nothing to say.

`universe` measures some hundred and eighty indicators over many assets at once, or one new bar at a time.
"""
