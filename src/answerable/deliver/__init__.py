"""Did the right office get it? The manifest that travels with a package, and the receipt."""
