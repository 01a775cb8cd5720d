"""Communications data under Part 3 of the Investigatory Powers Act 2016."""
