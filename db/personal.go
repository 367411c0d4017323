package db

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// salted is what the audit keeps of personal values: a hash in the entry, which
// is chained, and salt and value beside it, which may be forgotten.
type salted struct {
	hashes   map[string]string // field → HMAC-SHA256(salt, value) in hex
	fields   []string
	salts    [][]byte
	contents []string
}

// salt draws a salt for each value that is not empty.
func salt(values map[string]string) salted {
	s := salted{hashes: map[string]string{}}
	for _, field := range slices.Sorted(maps.Keys(values)) {
		value := values[field]
		if value == "" {
			continue
		}
		drawn := make([]byte, sha256.Size)
		rand.Read(drawn)
		s.hashes[field] = PersonalHash(drawn, value)
		s.fields, s.salts, s.contents = append(s.fields, field), append(s.salts, drawn), append(s.contents, value)
	}
	return s
}

// PersonalHash is how a personal value stands in the chain.
func PersonalHash(salt []byte, value string) string {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(value))
	return hex.EncodeToString(mac.Sum(nil))
}

// ErasePersonal forgets every personal value that the audit keeps of some people:
// notes, addresses, details of refusals. The chain still verifies. It says how
// many values were forgotten, and the audit says who asked. Records and catalog
// versions keep their own text.
func (s *Store) ErasePersonal(ctx context.Context, by string, people ...itsm.PersonID) (erased int64, err error) {
	ids := make([]string, 0, len(people))
	for _, p := range people {
		ids = append(ids, string(p))
	}
	err = s.transact(ctx, "erase personal", func(q *rows.Queries) error {
		if erased, err = q.ErasePersonal(ctx, ids); err != nil {
			return err
		}
		for _, id := range ids {
			if err := q.EnterAudit(ctx, command("personal.erased", id, by, nil)); err != nil {
				return err
			}
		}
		return nil
	})
	return erased, err
}
