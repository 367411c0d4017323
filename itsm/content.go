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
	return hashOf(append(fields, d.details()...))
}

// hashOf is the hash of some fields, each behind its length.
func hashOf(fields []string) string {
	h := sha256.New()
	for _, f := range fields {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(f))))
		h.Write([]byte(f))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// details are what a draft may have and need not. Each goes in behind its name,
// and only when it is there, so that a draft without them keeps the hash that it had.
func (d *ChangeDraft) details() (fields []string) {
	add := func(name string, values ...string) {
		fields = append(fields, name, strconv.Itoa(len(values)))
		fields = append(fields, values...)
	}
	for _, text := range []struct{ name, value string }{{"justification", d.Justification}, {"test_plan", d.TestPlan}} {
		if text.value != "" {
			add(text.name, text.value)
		}
	}
	if d.Backout != 0 {
		add("backout_minutes", strconv.Itoa(d.Backout))
	}
	if len(d.Items) > 0 {
		add("configuration_items", d.Items...)
	}
	for _, l := range d.Links {
		add("link", l.URL, l.Title)
	}
	if r := d.Risk; r != nil {
		for _, dimension := range RiskDimensions {
			add("risk", string(dimension), strconv.Itoa(r.Of(dimension)))
		}
	}
	if d.Assessment != nil {
		add("assessment", d.Assessment.fields()...)
	}
	return fields
}
