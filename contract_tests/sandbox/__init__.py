"""The contract on the sandbox, which was written from the documentation and never reads the contract."""
