"""What do the tests of collecting share? Servers that are started once: databases, and a real S3 endpoint."""

from tests.collect.s3_server import s3
from tests.collect.servers import java, mariadb, postgres

__all__ = ["java", "mariadb", "postgres", "s3"]
