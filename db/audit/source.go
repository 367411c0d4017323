package audit

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db"
)

// Source yields the chain in order of seq, then the entries without a link, then
// what personal values it has. Live and Dumped are the two there are.
type Source interface {
	Rows(ctx context.Context) iter.Seq2[Row, error]
}

// Live reads the database through a store opened as its owner, in one snapshot.
type Live struct{ Store *db.Store }

const entryColumns = `e.id, coalesce(to_char(timezone('UTC', e.at), 'YYYY-MM-DD HH24:MI:SS.US'), e.at::text), e.xid::text,
	e.outcome, e.action, e.subject, e.revision, e.actor, e.door, e.credential, e.code, e.kind,
	e.workflow_id, e.run_id, e.act_id, e.facts::text, e.personal::text`

const (
	chainQuery = `SELECT c.seq, c.entry, c.version,
		coalesce(to_char(timezone('UTC', c.sealed_at), 'YYYY-MM-DD HH24:MI:SS.US'), c.sealed_at::text),
		encode(c.prev_hash, 'hex'), encode(c.hash, 'hex'), ` + entryColumns + `
		FROM audit_chain c LEFT JOIN audit_entries e ON e.id = c.entry ORDER BY c.seq, c.entry`
	unsealedQuery = `SELECT ` + entryColumns + ` FROM audit_entries e
		WHERE NOT EXISTS (SELECT FROM audit_chain c WHERE c.entry = e.id) ORDER BY e.id`
	personalQuery = `SELECT p.entry, p.field, p.salt, p.value, coalesce(e.personal ->> p.field, '')
		FROM audit_personal p LEFT JOIN audit_entries e ON e.id = p.entry ORDER BY p.entry, p.field`
)

// Rows streams; only the row at hand is in memory.
func (l Live) Rows(ctx context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		err := pgx.BeginTxFunc(ctx, l.Store.Pool(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0"); err != nil {
				return err
			}
			for _, part := range []struct {
				query string
				scan  func(pgx.Rows) (Row, error)
			}{{chainQuery, scanLink}, {unsealedQuery, scanEntry}, {personalQuery, scanPersonal}} {
				if err := stream(ctx, tx, part.query, part.scan, yield); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Row{}, fmt.Errorf("read the audit: %w", err))
		}
	}
}

// errEnough ends a stream whose reader wants no more.
var errEnough = errors.New("enough")

func stream(ctx context.Context, tx pgx.Tx, query string, scan func(pgx.Rows) (Row, error), yield func(Row, error) bool) error {
	found, err := tx.Query(ctx, query)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		row, err := scan(found)
		if err != nil {
			return err
		}
		if !yield(row, nil) {
			return errEnough
		}
	}
	return found.Err()
}

// scanned takes an entry that may not be there.
type scanned struct {
	id       *int64
	revision *int32
	text     [15]*string
}

func (s *scanned) targets() []any {
	t := []any{&s.id, &s.text[0], &s.text[1], &s.text[2], &s.text[3], &s.text[4], &s.revision}
	for i := 5; i < len(s.text); i++ {
		t = append(t, &s.text[i])
	}
	return t
}

func (s *scanned) entry() *Entry {
	if s.id == nil {
		return nil
	}
	at := func(i int) string {
		if s.text[i] == nil { // a column that was made nullable is no column of ours
			return ""
		}
		return *s.text[i]
	}
	e := &Entry{
		ID: *s.id, At: at(0), XID: at(1), Outcome: at(2), Action: at(3), Subject: at(4),
		Actor: at(5), Door: at(6), Credential: at(7), Code: at(8), Kind: at(9),
		WorkflowID: at(10), RunID: at(11), ActID: at(12),
		Facts: json.RawMessage(at(13)), Personal: json.RawMessage(at(14)),
	}
	if s.revision != nil {
		e.Revision = *s.revision
	}
	return e
}

func scanLink(r pgx.Rows) (Row, error) {
	var l Link
	var s scanned
	err := r.Scan(append([]any{&l.Seq, &l.Entry, &l.Version, &l.SealedAt, &l.PrevHash, &l.Hash}, s.targets()...)...)
	return Row{Link: &l, Entry: s.entry()}, err
}

func scanEntry(r pgx.Rows) (Row, error) {
	var s scanned
	err := r.Scan(s.targets()...)
	return Row{Entry: s.entry()}, err
}

func scanPersonal(r pgx.Rows) (Row, error) {
	var p Personal
	err := r.Scan(&p.Entry, &p.Field, &p.Salt, &p.Value, &p.Hashed)
	return Row{Personal: &p}, err
}

// Dump writes chain and entries as JSON lines, for Verify to read elsewhere.
// Personal values stay where they are.
func Dump(ctx context.Context, source Source, w io.Writer) error {
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	for row, err := range source.Rows(ctx) {
		if err != nil {
			return err
		}
		if row.Personal != nil {
			continue
		}
		if err := lines.Encode(row); err != nil {
			return fmt.Errorf("dump the audit: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("dump the audit: %w", err)
	}
	return nil
}

// Dumped reads what Dump wrote.
type Dumped struct{ Reader io.Reader }

// Rows streams; a line that cannot be read is an error that names it.
func (d Dumped) Rows(context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		lines := bufio.NewScanner(d.Reader)
		lines.Buffer(make([]byte, 64<<10), 1<<20)
		for n := 1; lines.Scan(); n++ {
			var row Row
			if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
				yield(Row{}, fmt.Errorf("line %d of the dump cannot be read: %w", n, err))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(Row{}, fmt.Errorf("read the dump: %w", err))
		}
	}
}
