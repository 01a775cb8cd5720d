"""What do these tests share with those of stores? One S3 endpoint on loopback."""

from tests.collect.s3_server import s3

__all__ = ["s3"]
