from tests.support.wires import wire

__all__ = ["wire"]
