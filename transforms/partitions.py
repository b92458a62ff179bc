"""The partition of a row, and its coder: the key of every grouping."""

from datetime import date

from apache_beam import coders

from schemas.partition import Partition


class PartitionCoder(coders.Coder):
    """``2024-01-31/lemonde.fr/0``: the same bytes in every process, as a grouping key must be."""

    def encode(self, value: Partition) -> bytes:
        return f"{value.date.isoformat()}/{value.source}/{value.shard}".encode("ascii")

    def decode(self, encoded: bytes) -> Partition:
        day, source, shard = encoded.decode("ascii").split("/")
        return Partition(date.fromisoformat(day), source, int(shard))

    def is_deterministic(self) -> bool:
        return True

    def to_type_hint(self) -> type[Partition]:
        return Partition


coders.registry.register_coder(Partition, PartitionCoder)


def shard_of(article_id: str, shards: int) -> int:
    """The shard of an article: all its versions share one, whatever the run."""
    return int(article_id[:8], 16) % shards
