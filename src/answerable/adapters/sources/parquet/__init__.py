"""How are Parquet files read, on this machine or in an S3-compatible store? By two engines that must agree."""

from answerable.adapters.sources.parquet.store import ParquetStore

__all__ = ["ParquetStore"]
