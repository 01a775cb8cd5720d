"""What do the tests of stores share? A real S3 endpoint."""

from tests.collect.s3_server import s3

__all__ = ["s3"]
