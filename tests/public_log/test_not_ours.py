"""Do implementations that are not ours agree with us, in both directions, and with the published vectors?"""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from tests.public_log.worlds import SIGNER, World

from answerable.errors import VerificationFailed
from answerable.public_log import checkpoint, merkle, note, tiles
from answerable.verify.tree import verify_tree

HERE = Path(__file__).resolve()
SHARED = HERE.parents[2].parent / "shared" / "vectors"
GO_PATH = Path("/usr/share/gocode")


def absent(what: str) -> None:
    (pytest.fail if os.environ.get("ANSWERABLE_REQUIRE_ALL") else pytest.skip)(what)


@pytest.fixture(scope="module")
def go(tmp_path_factory):
    """Return a function that runs our small Go program around x/mod/sumdb."""
    if not shutil.which("go") or not (GO_PATH / "src/golang.org/x/mod/sumdb/tlog").exists():
        absent("Go with golang.org/x/mod (Debian: golang-golang-x-mod-dev) is not installed")
    folder = tmp_path_factory.mktemp("go")
    env = os.environ | {"GOPATH": str(GO_PATH), "GO111MODULE": "off", "GOCACHE": str(folder / "cache"), "GOFLAGS": ""}
    program = folder / "oracle"
    source = HERE.parent / "go" / "main.go"
    subprocess.run(["go", "build", "-o", str(program), str(source)], env=env, check=True, cwd=folder)

    def run(*words: object) -> str:
        done = subprocess.run([str(program), *map(str, words)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def write(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


@pytest.mark.parametrize("size", [1, 2, 7, 256, 257, 520])
def test_go_reads_our_log_and_its_proofs_hold_here(go, tmp_path, size):
    world = World().promise()
    world.leaves += [b"entry %d" % n for n in range(size - 1)]
    signer = note.Signer(SIGNER.name, SIGNER.key, MLDSA44PrivateKey.from_seed_bytes(b"q" * 32))
    write(tmp_path, world.files(signer))
    made = json.loads(go("check", tmp_path, SIGNER.verifier_key))
    hashes = merkle.leaf_hashes(world.leaves)
    root = base64.b64decode(made["root"])
    assert (made["size"], root) == (size, merkle.root(hashes))
    for index in range(size):
        proof = [base64.b64decode(each) for each in made["inclusion"][index]]
        assert base64.b64decode(made["leaves"][index]) == hashes[index]
        assert merkle.verify_inclusion(hashes[index], index, size, proof=proof, expected=root)
        older = base64.b64decode(made["roots"][index])
        grown = [base64.b64decode(each) for each in made["consistency"][index]]
        assert merkle.verify_consistency(older, index + 1, root, size, proof=grown)


@pytest.mark.parametrize("size", [1, 3, 256, 300])
def test_we_read_a_log_that_go_made(go, tmp_path, size):
    go("make", tmp_path, size)
    files = {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    verifier = note.Verifier.parse(files["vkey"].decode().strip())
    head = checkpoint.parse(note.open_note(files["checkpoint"], verifier))
    tree = verify_tree(files, head)
    assert [tree.entry(at) for at in range(size)] == [b"entry %d" % n for n in range(size)]
    assert set(tiles.paths(size)) <= set(files)


@pytest.mark.parametrize("size", [*range(1, 20), 255, 256, 257])
def test_pymerkle_gives_the_same_roots_(size):
    pymerkle = pytest.importorskip("pymerkle", reason="pymerkle is not installed")
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    entries = [b"entry %d" % n for n in range(size)]
    for entry in entries:
        tree.append_entry(entry)
    assert tree.get_root() == merkle.root(merkle.leaf_hashes(entries))
    for old in range(1, size + 1):
        assert tree.get_root(old) == merkle.root(merkle.leaf_hashes(entries[:old]))


def test_a_log_of_tessera_is_read_at_every_size():
    folder = SHARED / "tessera-log" / "testdata" / "log"
    if not folder.exists():
        pytest.skip("the published log of Tessera is not beside this checkout")
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    seen = 0
    for path in sorted(each for each in files if each.startswith("checkpoint.")):
        head = checkpoint.parse(note.text_of(files[path]))
        if head.size == 0:
            assert head.root == merkle.EMPTY_ROOT
            continue
        tree = verify_tree(files, head)
        assert tree.size == head.size
        seen += 1
        bundle = tiles.tile_path("entries", 0, head.size)
        for at in range(len(files[bundle])):
            broken = files[bundle][:at] + bytes([files[bundle][at] ^ 1]) + files[bundle][at + 1 :]
            with pytest.raises(VerificationFailed):
                verify_tree({**files, bundle: broken}, head)
    assert seen >= 8
