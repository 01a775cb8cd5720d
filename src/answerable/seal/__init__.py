"""Can it leave, unaltered and unread? Rows go in, a bag with manifests comes out."""

from answerable.seal.bag import Bag, Hashing

__all__ = ["Bag", "Hashing"]
