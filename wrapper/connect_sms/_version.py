"""The version: read by the build, the user agent and `connect_sms.__version__`."""

__version__ = "0.1.0"
