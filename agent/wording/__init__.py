"""The words that people read, in French and in English; the only place that has any."""
