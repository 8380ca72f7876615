"""Rule-based baskets: who belongs to one at a moment, and with what weight. Pure; nothing here looks anything up."""
