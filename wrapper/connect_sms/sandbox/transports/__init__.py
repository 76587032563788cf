"""Checks whether an httpx transport tells the truth about requests that failed."""
