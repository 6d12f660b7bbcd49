// Checks a log with code that Docket's authors did not write: Go's golang.org/x/mod/sumdb.
//
// It reads lines of words from its standard input, one claim a line:
//
//	key KEY                                     the key that signs notes
//	entry BASE64                                the next entry of the log
//	note BASE64                                 a signed checkpoint over all entries so far
//	record INDEX SIZE ROOT LEAF PATH            a proof of inclusion; PATH is hashes joined by commas
//	tree OLD NEW OLDROOT NEWROOT PATH           a proof of consistency
//
// A line that starts with "false" makes a claim that must not hold. It prints how many claims were as said, or what
// was wrong and leaves with 1.
package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// entries is the log as Go keeps it: a hash for each subtree.
type entries []tlog.Hash

func (e entries) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		found[i] = e[index]
	}
	return found, nil
}

var (
	key  note.Verifier
	log  entries
	size int64
)

func number(word string) (int64, error) { return strconv.ParseInt(word, 10, 64) }

func path(words []string) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	if len(words) == 0 || words[0] == "" {
		return nil, nil
	}
	for _, word := range strings.Split(words[0], ",") {
		hash, err := tlog.ParseHash(word)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

func check(words []string) error {
	switch words[0] {
	case "key":
		verifier, err := note.NewVerifier(words[1])
		key = verifier
		return err
	case "entry":
		entry, err := base64.StdEncoding.DecodeString(words[1])
		if err != nil {
			return err
		}
		hashes, err := tlog.StoredHashes(size, entry, log)
		log = append(log, hashes...)
		size++
		return err
	case "note":
		whole, err := base64.StdEncoding.DecodeString(words[1])
		if err != nil {
			return err
		}
		opened, err := note.Open(whole, note.VerifierList(key))
		if err != nil {
			return err
		}
		lines := strings.Split(opened.Text, "\n")
		root, err := tlog.TreeHash(size, log)
		if err != nil {
			return err
		}
		if lines[1] != strconv.FormatInt(size, 10) || lines[2] != root.String() {
			return fmt.Errorf("the checkpoint says %s %s, and Go %d %s", lines[1], lines[2], size, root)
		}
		return nil
	case "record", "tree":
		first, err := number(words[1])
		if err != nil {
			return err
		}
		second, err := number(words[2])
		if err != nil {
			return err
		}
		one, err := tlog.ParseHash(words[3])
		if err != nil {
			return err
		}
		other, err := tlog.ParseHash(words[4])
		if err != nil {
			return err
		}
		proof, err := path(words[5:])
		if err != nil {
			return err
		}
		if words[0] == "record" {
			return tlog.CheckRecord(proof, second, one, first, other)
		}
		return tlog.CheckTree(proof, second, other, first, one)
	}
	return fmt.Errorf("unknown word %q", words[0])
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	count := 0
	for lines.Scan() {
		words := strings.Split(lines.Text(), " ")
		mustFail := words[0] == "false"
		if mustFail {
			words = words[1:]
		}
		if err := check(words); (err != nil) != mustFail {
			fmt.Printf("claim %d, %q: %v\n", count+1, words[0], err)
			os.Exit(1)
		}
		count++
	}
	fmt.Println(count)
}
