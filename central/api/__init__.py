"""The calls of the contract, as HTTP."""
