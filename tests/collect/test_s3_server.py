"""Does the endpoint of the tests behave as S3 does, where stores and logs rely on it?"""

import obstore
import pytest
from obstore.exceptions import AlreadyExistsError


def test_an_object_is_written_once_and_read_in_parts(s3):
    store = s3.store(s3.bucket())
    obstore.put(store, "a/b", b"0123456789", mode="create")
    with pytest.raises(AlreadyExistsError):
        obstore.put(store, "a/b", b"other", mode="create")
    assert bytes(obstore.get_range(store, "a/b", start=2, end=5)) == b"234"
    assert [each["path"] for each in obstore.list(store).collect()] == ["a/b"]
    with pytest.raises(FileNotFoundError):
        obstore.get(store, "a/c")
