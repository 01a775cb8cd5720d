"""Does `answerable witness` print the same keys whenever it is asked, so that a desk can name them in its policy?"""

from click.testing import CliRunner
from tests.public_log.worlds import SIGNER

from answerable.cli import main
from answerable.public_log.note import Kind, Verifier


def test_a_witness_has_two_keys_and_keeps_them(tmp_path):
    asked = ["witness", str(tmp_path), "--name", "w.example/1", "--log", SIGNER.verifier_key, "--keys"]
    one, two = (CliRunner().invoke(main, asked, catch_exceptions=False) for _ in range(2))
    assert one.output == two.output
    assert [Verifier.parse(line).kind for line in one.output.split()] == [Kind.COSIGNATURE, Kind.QUANTUM_SAFE]
