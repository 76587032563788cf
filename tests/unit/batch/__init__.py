"""The specification of `send_batch`, for the blocking client and for asyncio and trio alike."""
