"""The paper exchange: a venue with its own durable book, treated like any remote one."""
