"""Pure judgement: numbers in, opinion out. No I/O, no framework."""
