"""What several layers of the contract tests need: witnesses, a mock server, clients of both colours."""
