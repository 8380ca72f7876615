"""The offline analyst in conversation: a chat model made of rules. It is no language model and says so."""
