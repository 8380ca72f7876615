"""The point-in-time store: import, quality gate, segments, vintages."""
