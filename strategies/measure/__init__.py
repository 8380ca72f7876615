"""The only place that computes a metric."""
