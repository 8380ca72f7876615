"""The conversation: questions answered from read-only tools, with evidence. It can look, and nothing else."""
