from tests.support.sandbox_fixtures import api, pytest_configure, sandbox, server, wired

__all__ = ["api", "pytest_configure", "sandbox", "server", "wired"]
