"""Keys are UUIDs that sort by the time they were made."""

from __future__ import annotations

import uuid

from offline_cache.key import new_key

NOW = 1_790_000_000_000


def test_a_key_is_a_uuid_of_version_7_of_its_moment() -> None:
    keys = {new_key(NOW) for _ in range(200)}
    assert len(keys) == 200
    for key in keys:
        parsed = uuid.UUID(key)
        assert str(parsed) == key
        assert (parsed.version, parsed.variant, parsed.int >> 80) == (7, uuid.RFC_4122, NOW)


def test_keys_sort_by_their_moments() -> None:
    assert new_key(1) < new_key(NOW) < new_key(NOW + 1) < new_key(2**48 - 1)
