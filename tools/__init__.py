"""What the Makefile calls and nobody imports but their own tests."""
