package itsm

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"
)

// Hash identifies what is decided on: a decision carries it, so that nobody can
// be said to have approved a text they never saw (CHG-15). Each field goes in
// behind its length: plain concatenation would take ("ab","c") for ("a","bc").
func (d *ChangeDraft) Hash() string {
	fields := []string{
		"steward.change.1", string(d.Type), d.Title, d.Description, string(d.Service), d.Plan, d.BackoutPlan,
	}
	if d.Window != nil {
		fields = append(fields, d.Window.Start.UTC().Format(time.RFC3339Nano), d.Window.End.UTC().Format(time.RFC3339Nano))
	}
	if p := d.Deployment; p != nil {
		fields = append(fields, p.Repository, strconv.FormatInt(p.ID, 10), p.Environment, p.Ref, p.SHA)
	}
	h := sha256.New()
	for _, f := range fields {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(f))))
		h.Write([]byte(f))
	}
	return hex.EncodeToString(h.Sum(nil))
}
