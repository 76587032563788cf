"""The commands, a module each; every one is loaded when it is run."""
