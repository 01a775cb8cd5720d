"""18 USC 2701 to 2713 and what stands around it: subpoena, order, warrant, emergency, preservation; California on top."""
