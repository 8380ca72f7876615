"""What a model is told: versioned text."""
