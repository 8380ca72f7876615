"""Indicators: floats in, floats out; nothing here may be spent.

Every function takes one or more columns of one unbroken segment, oldest first, and answers with an
array of the same length. Where there is not yet enough past it holds NaN, which is never filled
backwards: that would let the start see the future. A value rests on its own bar and earlier ones only.
"""
