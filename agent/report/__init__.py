"""HTML blocks that every report and page is built from."""
