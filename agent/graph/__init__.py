"""The graph thinks: it reads, asks models and answers with proposals. Nothing in it can trade."""
