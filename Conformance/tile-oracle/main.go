// Checks a log folder with golang.org/x/mod/sumdb: a verifier that was not written for Docket.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run main.go <folder>
//
// The folder holds `key` (a verifier key), `checkpoint` (signed by it), `tile/…` as C2SP tlog-tiles lays them out, and
// `proofs`, a line each:
//
//	inclusion <index> <size> <hash>…
//	consistency <old size> <new size> <hash>…
//
// Every proof must be the one that sumdb makes from the tiles, and sumdb must find it right. Prints how much it has
// checked.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var folder string

// tiles reads what sumdb asks for. Its paths name the height of tiles, which is always 8 here.
type tiles struct{}

func (tiles) Height() int { return 8 }

func (tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil && tile.W < 256 {
			full := tile
			full.W = 256
			path = strings.Replace(full.Path(), "tile/8/", "tile/", 1)
			if bytes, err = os.ReadFile(filepath.Join(folder, path)); err == nil {
				bytes = bytes[:tile.W*tlog.HashSize]
			}
		}
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func read(name string) string {
	bytes, err := os.ReadFile(filepath.Join(folder, name))
	must(err)
	return string(bytes)
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func number(text string) int64 {
	value, err := strconv.ParseInt(text, 10, 64)
	must(err)
	return value
}

func hashes(words []string) []tlog.Hash {
	list := []tlog.Hash{}
	for _, word := range words {
		hash, err := tlog.ParseHash(word)
		must(err)
		list = append(list, hash)
	}
	return list
}

// open believes the checkpoint only if the key has signed it.
func open() tlog.Tree {
	verifier, err := note.NewVerifier(strings.TrimSpace(read("key")))
	must(err)
	opened, err := note.Open([]byte(read("checkpoint")), note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		log.Fatalf("the checkpoint of %q is signed by %q", lines[0], verifier.Name())
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	tree := tlog.Tree{N: number(lines[1])}
	copy(tree.Hash[:], root)
	return tree
}

// checkEntries compares each entry with the hash of its leaf.
func checkEntries(tree tlog.Tree, reader tlog.HashReader) {
	for start := int64(0); start < tree.N; start += 256 {
		tile := tlog.Tile{H: 8, L: 0, N: start / 256, W: 256}
		if tree.N-start < 256 {
			tile.W = int(tree.N - start)
		}
		bundle := []byte(read(strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)))
		indexes := []int64{}
		for index := start; index < start+int64(tile.W); index++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, index))
		}
		leaves, err := reader.ReadHashes(indexes)
		must(err)
		for place, leaf := range leaves {
			length := int(binary.BigEndian.Uint16(bundle))
			if tlog.RecordHash(bundle[2:2+length]) != leaf {
				log.Fatalf("entry %d is not what its leaf says", start+int64(place))
			}
			bundle = bundle[2+length:]
		}
		if len(bundle) > 0 {
			log.Fatalf("bundle %d has more entries than leaves", start/256)
		}
	}
}

func same(line string, ours, theirs []tlog.Hash) {
	if fmt.Sprint(ours) != fmt.Sprint(theirs) {
		log.Fatalf("sumdb makes another proof than: %s", line)
	}
}

func main() {
	log.SetFlags(0)
	folder = os.Args[1]
	tree := open()
	reader := tlog.TileHashReader(tree, tiles{})
	checkEntries(tree, reader)

	var inclusions, consistencies int
	lines := bufio.NewScanner(strings.NewReader(read("proofs")))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		first, second, path := number(words[1]), number(words[2]), hashes(words[3:])
		newer, err := tlog.TreeHash(second, reader)
		must(err)
		switch words[0] {
		case "inclusion":
			leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, first)})
			must(err)
			proof, err := tlog.ProveRecord(second, first, reader)
			must(err)
			same(lines.Text(), path, proof)
			must(tlog.CheckRecord(path, second, newer, first, leaf[0]))
			inclusions++
		case "consistency":
			older, err := tlog.TreeHash(first, reader)
			must(err)
			proof, err := tlog.ProveTree(second, first, reader)
			must(err)
			same(lines.Text(), path, proof)
			must(tlog.CheckTree(path, second, newer, first, older))
			consistencies++
		default:
			log.Fatalf("no proof: %s", lines.Text())
		}
	}
	must(lines.Err())
	fmt.Printf("%d entries, %d inclusion proofs, %d consistency proofs\n", tree.N, inclusions, consistencies)
}
