"""What the client does, shown on a sandbox: ``make demo``, or ``python -m examples.demo``."""
