"""``python -m connect_sms.cli``."""

from __future__ import annotations

from connect_sms.cli import main

if __name__ == "__main__":
    main()
