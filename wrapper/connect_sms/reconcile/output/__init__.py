"""A report written out: on a terminal, as CSV and as a page of HTML."""
