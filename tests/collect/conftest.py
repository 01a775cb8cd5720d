"""What do the tests of collecting share? Servers that are started once."""

from tests.collect.servers import java, mariadb, postgres

__all__ = ["java", "mariadb", "postgres"]
