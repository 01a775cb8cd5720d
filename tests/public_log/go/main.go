// Does an implementation that is not ours accept our log, and do we accept its proofs? Go's x/mod/sumdb, as Debian ships it.
//
//	check FOLDER VKEY      read checkpoint and tiles, prove every leaf and every earlier size, and print the proofs as JSON
//	make FOLDER SIZE       write a log of SIZE entries of its own, signed with a key made from a fixed seed, and print its key
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type proofs struct {
	Size        int64      `json:"size"`
	Root        []byte     `json:"root"`
	Leaves      [][]byte   `json:"leaves"`
	Inclusion   [][][]byte `json:"inclusion"`
	Roots       [][]byte   `json:"roots"`
	Consistency [][][]byte `json:"consistency"`
}

// tiles reads C2SP tlog-tiles, whose paths lack the height that sumdb's have.
type tiles struct{ folder string }

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		content, err := os.ReadFile(filepath.Join(t.folder, path))
		if err != nil {
			return nil, err
		}
		found = append(found, content)
	}
	return found, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func raw(hashes []tlog.Hash) [][]byte {
	found := [][]byte{}
	for _, each := range hashes {
		found = append(found, append([]byte{}, each[:]...))
	}
	return found
}

func check(folder, key string) {
	verifier, err := note.NewVerifier(key)
	must(err)
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	must(err)
	opened, err := note.Open(signed, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	reader := tlog.TileHashReader(tree, tiles{folder})
	made := proofs{Size: size, Root: root}
	for n := int64(0); n < size; n++ {
		hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		must(err)
		made.Leaves = append(made.Leaves, hashes[0][:])
		proof, err := tlog.ProveRecord(size, n, reader)
		must(err)
		must(tlog.CheckRecord(proof, size, tree.Hash, n, hashes[0]))
		made.Inclusion = append(made.Inclusion, raw(proof))
		older, err := tlog.TreeHash(n+1, reader)
		must(err)
		grown, err := tlog.ProveTree(size, n+1, reader)
		must(err)
		must(tlog.CheckTree(grown, size, tree.Hash, n+1, older))
		made.Roots = append(made.Roots, append([]byte{}, older[:]...))
		made.Consistency = append(made.Consistency, raw(grown))
	}
	must(json.NewEncoder(os.Stdout).Encode(made))
}

type stored []tlog.Hash

func (s stored) ReadHashes(wanted []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, each := range wanted {
		found = append(found, s[each])
	}
	return found, nil
}

func put(folder, path string, content []byte) {
	target := filepath.Join(folder, path)
	must(os.MkdirAll(filepath.Dir(target), 0o755))
	must(os.WriteFile(target, content, 0o644))
}

func makeLog(folder string, size int64) {
	var hashes stored
	bundles := map[string]*bytes.Buffer{}
	for n := int64(0); n < size; n++ {
		entry := []byte(fmt.Sprintf("entry %d", n))
		more, err := tlog.StoredHashes(n, entry, hashes)
		must(err)
		hashes = append(hashes, more...)
		width := size - n/256*256
		path := strings.Replace(tlog.Tile{H: 8, L: 0, N: n / 256, W: int(min(width, 256))}.Path(), "tile/8/0/", "tile/entries/", 1)
		if bundles[path] == nil {
			bundles[path] = &bytes.Buffer{}
		}
		bundles[path].Write([]byte{byte(len(entry) >> 8), byte(len(entry))})
		bundles[path].Write(entry)
	}
	for path, content := range bundles {
		put(folder, path, content.Bytes())
	}
	for _, tile := range tlog.NewTiles(8, 0, size) {
		content, err := tlog.ReadTileData(tile, hashes)
		must(err)
		put(folder, strings.Replace(tile.Path(), "tile/8/", "tile/", 1), content)
	}
	root, err := tlog.TreeHash(size, hashes)
	must(err)
	seed := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	key, err := note.NewEd25519VerifierKey("go.example/log", seed.Public().(ed25519.PublicKey))
	must(err)
	encoded := base64.StdEncoding.EncodeToString(append([]byte{1}, seed.Seed()...))
	signer, err := note.NewSigner("PRIVATE+KEY+" + "go.example/log+" + strings.Split(key, "+")[1] + "+" + encoded)
	must(err)
	text := fmt.Sprintf("go.example/log\n%d\n%s\n", size, base64.StdEncoding.EncodeToString(root[:]))
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	must(err)
	put(folder, "checkpoint", signed)
	put(folder, "vkey", []byte(key+"\n"))
}

func min(one, other int64) int64 {
	if one < other {
		return one
	}
	return other
}

func main() {
	if os.Args[1] == "check" {
		check(os.Args[2], os.Args[3])
		return
	}
	size, err := strconv.ParseInt(os.Args[3], 10, 64)
	must(err)
	makeLog(os.Args[2], size)
}
