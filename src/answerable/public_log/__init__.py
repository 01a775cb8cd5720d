"""Can this be hidden later? Sealed entries in a tree that can only grow."""
