"""Orders to a provider in another State, under the Crime (Overseas Production Orders) Act 2019."""
