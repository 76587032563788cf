"""What connect-sms costs, and what it does when things go wrong, beside bare httpx and other vendors' SDKs.

`make bench` runs everything and writes a page for each part into ``benchmarks/results``.
"""
