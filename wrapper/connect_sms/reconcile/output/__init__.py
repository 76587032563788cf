"""The outputs of a report: terminal, CSV and an HTML page."""
