"""The text of an SMS: GSM-7 and UCS-2, segments, transliteration."""
