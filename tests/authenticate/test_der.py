"""Is it seen where the value of a signature ends, and that somebody made it longer than what it holds?"""

import pytest
from asn1crypto import cms

from answerable.authenticate.documents.der import end_of_value

LENGTHS = (2, 17, 21)  # of ContentInfo, of [0], of SignedData


@pytest.fixture(scope="module")
def container() -> bytes:
    return cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": {
                "version": "v1",
                "digest_algorithms": [{"algorithm": "sha256"}],
                "encap_content_info": {"content_type": "data", "content": b"x" * 300},
                "signer_infos": [],
            },
        }
    ).dump()


def longer(container: bytes, *lengths: int) -> bytes:
    """Return the container with the lengths at these places made five more, and zeros behind."""
    made = bytearray(container)
    for at in lengths:
        made[at : at + 2] = (int.from_bytes(made[at : at + 2], "big") + 5).to_bytes(2, "big")
    return bytes(made) + bytes(40)


def test_what_follows_is_not_of_the_value(container):
    assert end_of_value(container) == end_of_value(container + bytes(40)) == len(container)


@pytest.mark.parametrize("lengths", [LENGTHS[:1], LENGTHS[:2], LENGTHS])
def test_a_length_that_takes_in_padding_is_refused(container, lengths):
    assert [container[at - 1] for at in LENGTHS] == [0x82] * 3
    with pytest.raises(ValueError, match="padded"):
        end_of_value(longer(container, *lengths))


@pytest.mark.parametrize("broken", [b"", b"\x30", b"\x30\x82\x01", b"\x30\x05\x02"])
def test_what_is_no_value_is_refused(broken):
    with pytest.raises(ValueError):
        end_of_value(broken)
