// Checks what Sinergi has written with the implementations of the formats' own authors, and writes
// what Sinergi must be able to read. The request is JSON on standard input, the answer on standard
// output.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type check struct {
	Kind    string   // note, cosigned, inclusion, consistency
	Note    string   // note, cosigned
	Key     string   // note, cosigned: a verifier's key
	Origin  string   // note, cosigned
	Leaf    []byte   // inclusion: its data
	Index   uint64   // inclusion
	Old     uint64   // consistency
	Size    uint64   // inclusion, consistency
	Path    [][]byte // inclusion, consistency
	OldRoot []byte   // consistency
	Root    []byte   // inclusion, consistency
}

type request struct {
	Checks []check
	Leaves [][]byte // to make a tree of
	Signer string   // a key to sign its checkpoint with
	Seed   string   // and one to cosign it with
	Origin string
}

type answer struct {
	Accepted    []string // what each check says: empty when it holds
	Note        string
	Cosigned    string
	Root        []byte
	Inclusion   [][][]byte // of each leaf
	Consistency [][][]byte // from each earlier size, 1 the first
}

func accept(c check) error {
	switch c.Kind {
	case "note":
		verifier, err := note.NewVerifier(c.Key)
		if err != nil {
			return err
		}
		_, _, _, err = log.ParseCheckpoint([]byte(c.Note), c.Origin, verifier)
		return err
	case "cosigned":
		verifier, err := fnote.NewVerifierForCosignatureV1(c.Key)
		if err != nil {
			return err
		}
		_, err = note.Open([]byte(c.Note), note.VerifierList(verifier))
		return err
	case "inclusion":
		leaf := rfc6962.DefaultHasher.HashLeaf(c.Leaf)
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, c.Index, c.Size, leaf, c.Path, c.Root); err != nil {
			return err
		}
		return tlog.CheckRecord(hashes(c.Path), int64(c.Size), hash(c.Root), int64(c.Index), tlog.RecordHash(c.Leaf))
	case "consistency":
		if err := proof.VerifyConsistency(rfc6962.DefaultHasher, c.Old, c.Size, c.Path, c.OldRoot, c.Root); err != nil {
			return err
		}
		return tlog.CheckTree(hashes(c.Path), int64(c.Size), hash(c.Root), int64(c.Old), hash(c.OldRoot))
	}
	return fmt.Errorf("no such check: %s", c.Kind)
}

func hash(raw []byte) (h tlog.Hash) {
	copy(h[:], raw)
	return h
}

func hashes(raw [][]byte) []tlog.Hash {
	made := make([]tlog.Hash, len(raw))
	for i, h := range raw {
		made[i] = hash(h)
	}
	return made
}

func plain(proof []tlog.Hash) [][]byte {
	made := make([][]byte, len(proof))
	for i, h := range proof {
		made[i] = h[:]
	}
	return made
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func write(r request, a *answer) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = stored[index]
		}
		return found, nil
	})
	size := int64(len(r.Leaves))
	frontier := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	for n, leaf := range r.Leaves {
		stored = append(stored, must(tlog.StoredHashes(int64(n), leaf, reader))...)
		must(0, frontier.Append(rfc6962.DefaultHasher.HashLeaf(leaf), nil))
	}
	root := must(tlog.TreeHash(size, reader))
	if !bytes.Equal(root[:], must(frontier.GetRootHash(nil))) {
		must(0, fmt.Errorf("the two implementations disagree"))
	}
	a.Root = root[:]
	for n := range size {
		a.Inclusion = append(a.Inclusion, plain(must(tlog.ProveRecord(size, n, reader))))
		a.Consistency = append(a.Consistency, plain(must(tlog.ProveTree(size, n+1, reader))))
	}
	text := log.Checkpoint{Origin: r.Origin, Size: uint64(size), Hash: root[:]}.Marshal()
	signed := &note.Note{Text: string(text)}
	signer := must(note.NewSigner(r.Signer))
	a.Note = string(must(note.Sign(signed, signer)))
	cosigner := must(fnote.NewSignerForCosignatureV1(r.Seed))
	a.Cosigned = string(must(note.Sign(signed, signer, cosigner)))
}

func main() {
	var r request
	must(0, json.NewDecoder(os.Stdin).Decode(&r))
	var a answer
	for _, c := range r.Checks {
		said := ""
		if err := accept(c); err != nil {
			said = err.Error()
		}
		a.Accepted = append(a.Accepted, said)
	}
	if len(r.Leaves) > 0 {
		write(r, &a)
	}
	must(0, json.NewEncoder(os.Stdout).Encode(a))
}
