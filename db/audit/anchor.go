package audit

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gowebpki/jcs"
)

// How often the head of the chain is anchored: whichever comes first.
const (
	AnchorRows     = 1000
	AnchorInterval = 5 * time.Minute
)

const anchorFile = "anchors.jsonl"

// Anchor is a signed statement that the chain once had this hash at this place.
// With LostTo it also says that an operator took up the chain there again after a
// restore, knowing that the links up to LostTo are lost.
type Anchor struct {
	Seq       int64  `json:"seq,string"`
	Hash      string `json:"hash"` // hex
	At        string `json:"at"`
	LostTo    int64  `json:"lost_to,string,omitempty"`
	Signature string `json:"signature,omitempty"` // Ed25519, base64
}

// signed is what the signature covers.
func (a Anchor) signed() ([]byte, error) {
	a.Signature = ""
	document, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("anchor: %w", err)
	}
	canonical, err := jcs.Transform(document)
	return append([]byte("steward.anchor.1\n"), canonical...), err
}

func (a *Anchor) trusted(keys []ed25519.PublicKey) bool {
	signature, err := base64.StdEncoding.DecodeString(a.Signature)
	if err != nil {
		return false
	}
	text, err := a.signed()
	return err == nil && slices.ContainsFunc(keys, func(k ed25519.PublicKey) bool { return ed25519.Verify(k, text, signature) })
}

// Anchorer signs anchors into its folders, which should not share a disk, or an
// administrator, with the database or with each other.
type Anchorer struct {
	Folders []string
	Key     ed25519.PrivateKey
}

// sign appends an anchor to every folder. One folder that takes it is enough for
// the anchor to hold; the error names those that did not.
func (a *Anchorer) sign(anchor Anchor) (held bool, err error) {
	text, err := anchor.signed()
	if err != nil {
		return false, err
	}
	anchor.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(a.Key, text))
	line, err := json.Marshal(anchor)
	if err != nil {
		return false, fmt.Errorf("anchor: %w", err)
	}
	for _, folder := range a.Folders {
		if failed := appendLine(filepath.Join(folder, anchorFile), line); failed != nil {
			err = errors.Join(err, failed)
			continue
		}
		held = true
	}
	return held, err
}

// appendLine adds a line for good. What a crash left of the last one is cut off
// first: it was never promised to anybody.
func appendLine(path string, line []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("anchor folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o640) //nolint:gosec // auditors may read it
	if err != nil {
		return fmt.Errorf("anchor file: %w", err)
	}
	if err = cutTorn(f); err == nil {
		_, err = f.Write(append(line, '\n'))
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("anchor file: %w", err)
	}
	return nil
}

// cutTorn cuts off a last line that has no end.
func cutTorn(f *os.File) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return err
	}
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, size-1); err != nil || last[0] == '\n' {
		return err
	}
	text, err := os.ReadFile(f.Name())
	if err != nil {
		return err
	}
	return f.Truncate(int64(bytes.LastIndexByte(text, '\n') + 1))
}

// Anchors is where anchors are read and whose signatures count. Without folders
// nothing can be said of a tail that was cut off.
type Anchors struct {
	Folders []string
	Keys    []ed25519.PublicKey
}

// read returns the anchors that stand, by place; where the chain was taken up
// again; and what is odd about the files. A line that no trusted key signed, or
// that cannot be read, is a refusal.
func (a Anchors) read() (standing, restores []Anchor, odd []string, err error) {
	all, odd, err := a.readFolders()
	if err != nil {
		return nil, nil, nil, err
	}
	for _, anchor := range slices.Concat(all...) {
		if anchor.LostTo > 0 && !slices.Contains(restores, anchor) {
			restores = append(restores, anchor)
		}
	}
	union, held := map[int64]Anchor{}, map[int64]map[int]bool{}
	for folder, anchors := range all {
		for _, anchor := range anchors {
			if anchor.void(restores) {
				continue
			}
			if other, ok := union[anchor.Seq]; !ok {
				held[anchor.Seq] = map[int]bool{}
			} else if other.Hash != anchor.Hash {
				return nil, nil, nil, fmt.Errorf("%w at seq %d", errDisagree, anchor.Seq)
			}
			union[anchor.Seq], held[anchor.Seq][folder] = anchor, true
		}
	}
	for seq, anchor := range union {
		standing = append(standing, anchor)
		if n := len(held[seq]); n < len(a.Folders) {
			odd = append(odd, fmt.Sprintf("the anchor of seq %d is in %d of %d folders", seq, n, len(a.Folders)))
		}
	}
	slices.SortFunc(standing, func(x, y Anchor) int { return cmp.Compare(x.Seq, y.Seq) })
	slices.Sort(odd)
	return standing, restores, odd, nil
}

// readFolders reads what can be read: what one folder says holds without another.
func (a Anchors) readFolders() (all [][]Anchor, odd []string, err error) {
	for _, folder := range a.Folders {
		anchors, err := a.readFolder(folder)
		if _, forged := errors.AsType[*untrusted](err); forged {
			return nil, nil, err
		}
		if err != nil {
			odd = append(odd, err.Error())
			if len(odd) == len(a.Folders) {
				return nil, nil, err
			}
		}
		all = append(all, anchors)
	}
	return all, odd, nil
}

// void reports whether an operator has since accepted that the link is lost.
func (a *Anchor) void(restores []Anchor) bool {
	return slices.ContainsFunc(restores, func(r Anchor) bool {
		return a.Seq > r.Seq && a.Seq <= r.LostTo && a.At <= r.At
	})
}

func (a Anchors) readFolder(folder string) ([]Anchor, error) {
	path := filepath.Join(folder, anchorFile)
	f, err := os.Open(path) //nolint:gosec // the operator names the folder
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the anchors cannot be read: %w", err)
	}
	defer f.Close()
	var anchors []Anchor
	lines := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return anchors, nil // a last line without an end is one that a crash cut short
		}
		var anchor Anchor
		if json.Unmarshal(line, &anchor) != nil || !anchor.trusted(a.Keys) {
			return nil, &untrusted{path, n}
		}
		anchors = append(anchors, anchor)
	}
}

var errDisagree = errors.New("the folders of anchors disagree about the hash")

// untrusted is an anchor that no key of ours signed.
type untrusted struct {
	path string
	line int
}

func (u *untrusted) Error() string {
	return fmt.Sprintf("%s:%d is not signed by a trusted key", u.path, u.line)
}
