package audit

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

const (
	batch = 1000
	poll  = 200 * time.Millisecond
)

// Sealer chains committed entries. Any number may run, in any number of
// processes: an advisory lock lets one seal at a time. One Sealer is for one
// goroutine.
type Sealer struct {
	store    *db.Store
	anchorer *Anchorer // nil: the head is not anchored
	log      *slog.Logger
	now      func() time.Time

	// sealed is a transaction before which every entry is sealed, so that a pass
	// looks at what is new and not at all there ever was. An id would not do:
	// transactions commit in another order than they draw ids.
	sealed string
	after  int64  // the last id of a backlog's batch: the next batch begins behind it
	anchor Anchor // the newest
	loaded bool
}

// NewSealer makes a sealer for a store opened as db.Sealer. The clock only says
// when an anchor is due; links bear the database's own instants.
func NewSealer(store *db.Store, anchorer *Anchorer, log *slog.Logger, now func() time.Time) *Sealer {
	return &Sealer{store: store, anchorer: anchorer, log: log, now: now, sealed: "0"}
}

// Run seals until its context ends. It outlives the database's absence; a chain
// that is older than its anchors it leaves alone, and says so each minute.
func (s *Sealer) Run(ctx context.Context) error {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	failing := time.Time{}
	for {
		n, err := s.SealOnce(ctx)
		if err != nil && ctx.Err() == nil && s.now().Sub(failing) >= time.Minute {
			failing = s.now()
			s.log.ErrorContext(ctx, "the audit cannot be sealed", "code", itsm.AsError(err).Code, "error", err)
		}
		if n == batch && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// SealOnce chains up to one batch of committed entries, anchors the head when
// that is due, and says how many entries it chained: none when another sealer is
// at it. A chain that is not the one that was anchored is refused as
// audit.quarantine: to go on would destroy evidence.
func (s *Sealer) SealOnce(ctx context.Context) (n int, err error) {
	if err := s.load(); err != nil {
		return 0, err
	}
	var oldest string
	var head Link
	err = pgx.BeginFunc(ctx, s.store.Pool(), func(tx pgx.Tx) error {
		q := rows.New(tx)
		mine, err := q.TryLockChain(ctx)
		if err != nil || !mine {
			return err
		}
		if head, err = s.head(ctx, q); err != nil {
			return err
		}
		n, oldest, err = s.seal(ctx, q, &head)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("seal the audit: %w", err)
	}
	s.advance(n, head, oldest)
	return n, s.anchorHead(ctx, head)
}

// advance remembers what need not be looked at again. A backlog is walked by id,
// batch by batch; only a pass over everything that found it sealed to the end can
// say that older transactions are done with.
func (s *Sealer) advance(n int, head Link, oldest string) {
	switch {
	case oldest == "": // another sealer is at it
	case n == batch:
		s.after = head.Entry
	case s.after > 0:
		s.after = 0
	default:
		s.sealed = oldest
	}
}

// seal chains a batch behind head, which it moves. It returns the oldest
// transaction that had not ended before it looked.
func (s *Sealer) seal(ctx context.Context, q *rows.Queries, head *Link) (n int, oldest string, err error) {
	instant, err := q.SealingInstant(ctx)
	if err != nil {
		return 0, "", err
	}
	entries, err := q.Unsealed(ctx, rows.UnsealedParams{Oldest: s.sealed, After: s.after, Most: batch})
	if err != nil {
		return 0, "", err
	}
	links := rows.SealParams{SealedAt: instant.At}
	for _, row := range entries {
		entry := entryOf(row)
		*head = Link{Seq: head.Seq + 1, Entry: entry.ID, Version: Version, SealedAt: instant.At, PrevHash: head.Hash}
		if head.Hash, err = head.digest(entry); err != nil {
			return 0, "", fmt.Errorf("entry %d: %w", entry.ID, err)
		}
		prev, hash := unhex(head.PrevHash), unhex(head.Hash)
		links.Seqs, links.Entries = append(links.Seqs, head.Seq), append(links.Entries, entry.ID)
		links.Prevs, links.Hashes = append(links.Prevs, prev), append(links.Hashes, hash)
	}
	if len(entries) > 0 {
		err = q.Seal(ctx, links)
	}
	return len(entries), instant.Oldest, err
}

// genesis is what the first link's previous hash is.
var genesis = hex.EncodeToString(make([]byte, sha256.Size))

// head reads the newest link and refuses a chain that is not the anchored one.
func (s *Sealer) head(ctx context.Context, q *rows.Queries) (Link, error) {
	if s.anchor.Seq > 0 {
		hash, err := q.ChainHash(ctx, s.anchor.Seq)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return Link{}, err
		}
		if !bytes.Equal(hash, unhex(s.anchor.Hash)) {
			s.loaded = false // an operator may take the chain up again in another process
			return Link{}, itsm.Refuse(itsm.Internal, "audit.quarantine",
				"The audit is not the one that was anchored at seq %d: it was restored or rewritten. Verify it, then take it up again by command.", s.anchor.Seq)
		}
	}
	row, err := q.ChainHead(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return Link{Hash: genesis}, nil
	}
	return Link{Seq: row.Seq, Hash: hex.EncodeToString(row.Hash)}, err
}

// load finds the newest anchor that was signed before this process began.
func (s *Sealer) load() error {
	if s.loaded || s.anchorer == nil {
		return nil
	}
	standing, _, odd, err := s.anchorer.anchors().read()
	if err != nil {
		return fmt.Errorf("read anchors: %w", err)
	}
	for _, what := range odd {
		s.log.Warn("the anchors are not alike", "what", what)
	}
	if len(standing) > 0 {
		s.anchor = standing[len(standing)-1]
	}
	s.loaded = true
	return nil
}

func (a *Anchorer) anchors() Anchors {
	public, _ := a.Key.Public().(ed25519.PublicKey)
	return Anchors{Folders: a.Folders, Keys: []ed25519.PublicKey{public}}
}

// anchorHead signs the head when enough rows or enough time came since the last.
func (s *Sealer) anchorHead(ctx context.Context, head Link) error {
	if s.anchorer == nil || head.Seq <= s.anchor.Seq {
		return nil
	}
	now := s.now()
	last, err := time.Parse(instant, s.anchor.At)
	if err == nil && head.Seq-s.anchor.Seq < AnchorRows && now.Sub(last) < AnchorInterval {
		return nil
	}
	return s.sign(ctx, Anchor{Seq: head.Seq, Hash: head.Hash, At: now.UTC().Format(instant)})
}

func (s *Sealer) sign(ctx context.Context, anchor Anchor) error {
	held, err := s.anchorer.sign(anchor)
	if !held {
		return fmt.Errorf("anchor the audit: %w", err)
	}
	if err != nil {
		s.log.ErrorContext(ctx, "an anchor is missing from a folder", "seq", anchor.Seq, "error", err)
	}
	s.anchor = anchor
	return nil
}

// Resume takes up a chain that was restored to an older state: it signs an anchor
// that names the links that are lost, which every later verification reports, and
// returns the first and the last of them. It refuses when nothing is lost, or
// when what is left was rewritten. The caller enters the
// act in the audit, with db.Store.RecordCommand.
func (s *Sealer) Resume(ctx context.Context) (from, to int64, err error) {
	if s.anchorer == nil {
		return 0, 0, itsm.Refuse(itsm.Conflict, "audit.no_anchors", "Without anchors nobody can say what is lost.")
	}
	standing, _, _, err := s.anchorer.anchors().read()
	if err != nil {
		return 0, 0, fmt.Errorf("resume the audit: %w", err)
	}
	q := rows.New(s.store.Pool())
	head, err := (&Sealer{}).head(ctx, q)
	if err != nil {
		return 0, 0, fmt.Errorf("resume the audit: %w", err)
	}
	for _, anchor := range standing {
		if anchor.Seq > head.Seq {
			to = anchor.Seq
			continue
		}
		if hash, err := q.ChainHash(ctx, anchor.Seq); err != nil || !bytes.Equal(hash, unhex(anchor.Hash)) {
			return 0, 0, itsm.Refuse(itsm.Conflict, "audit.rewritten", "The link at seq %d is not the one that was anchored; this is no restore.", anchor.Seq)
		}
	}
	if to == 0 {
		return 0, 0, itsm.Refuse(itsm.Conflict, "audit.whole", "No anchored link is lost; there is nothing to take up again.")
	}
	err = s.sign(ctx, Anchor{Seq: head.Seq, Hash: head.Hash, At: s.now().UTC().Format(instant), LostTo: to})
	s.loaded = err == nil
	s.log.WarnContext(ctx, "the audit is taken up again after a restore", "lost_from", strconv.FormatInt(head.Seq+1, 10), "lost_to", strconv.FormatInt(to, 10))
	return head.Seq + 1, to, err
}

// unhex reads hex of our own making; anything else matches nothing.
func unhex(text string) []byte {
	raw, _ := hex.DecodeString(text)
	return raw
}
