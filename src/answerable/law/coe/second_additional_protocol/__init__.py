"""The Convention on Cybercrime and its Second Additional Protocol: the direct order, and the request between States."""
