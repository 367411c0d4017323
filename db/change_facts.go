package db

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// facts is what the audit says of an event, beside who and when: ids, numbers and
// instants, never what somebody wrote. The digest binds the whole step, so nothing
// else of it need be repeated.
type facts map[string]string

// maxNames bounds a list of ids in an entry, in characters; the record has all.
const maxNames = 2000

func eventFacts(e itsm.Event, digest string) facts {
	f := facts{"from": string(e.From), "to": string(e.To), "digest": digest, "occurred_at": factual(e.At)}
	if e.Detail != nil {
		f.detail(e.Detail)
		f.ofIncident(e.Detail)
		f.ofProblem(e.Detail)
		f.ofCorrective(e.Detail)
		f.ofSupplier(e.Detail)
		f.ofContract(e.Detail)
		f.ofReview(e.Detail)
	}
	return f
}

func stepFacts(step itsm.ChangeStep, digest string) facts {
	f := eventFacts(step.Event, digest)
	if d := step.Event.Decision; d != nil {
		f.decision(*d)
		f.add("content_hash", d.ContentHash)
	}
	f.add("result", string(step.Outcome))
	if step.Edit != nil {
		f.add("content_hash", step.ContentHash)
	}
	return f
}

func (f facts) detail(d *itsm.Detail) {
	if o := d.Opening; o != nil {
		f.stage(o.Round, o.Stage)
		f.add("of", strconv.Itoa(o.Of))
		f.add("expire_at", factual(o.ExpireAt))
		var named []itsm.PersonID
		for _, p := range o.Panels {
			named = append(named, p.Named...)
		}
		names(f, "named", named)
	}
	if d.Withdrawn != nil {
		f.decision(*d.Withdrawn)
	}
	names(f, "joined", d.Joined)
	if g := d.Delegation; g != nil {
		f.add("delegation_from", string(g.From))
		f.add("delegation_to", string(g.To))
	}
	var fields []string
	for _, edit := range d.Edits {
		fields = append(fields, edit.Field)
	}
	names(f, "fields", fields)
	var voters []itsm.PersonID
	for _, v := range d.Voided {
		voters = append(voters, v.By)
	}
	names(f, "voided", voters)
	if d.RiskScore != nil {
		f.add("risk_tier", string(d.RiskScore.Tier))
	}
	f.add("assignee", string(d.Assignee))
	if d.ExpireAt != nil {
		f.add("expire_at", factual(*d.ExpireAt))
	}
}

func (f facts) decision(d itsm.Decision) {
	f.add("by", string(d.By))
	f.add("for", string(d.For))
	f.add("verdict", string(d.Verdict))
	f.stage(d.Round, d.Stage)
}

func (f facts) stage(round, stage int) {
	f.add("round", strconv.Itoa(max(round, 1)))
	f.add("stage", strconv.Itoa(max(stage, 1)))
}

// add leaves out what is empty.
func (f facts) add(name, value string) {
	if value != "" {
		f[name] = value
	}
}

func names[T ~string](f facts, name string, all []T) {
	sorted := slices.Clone(all)
	slices.Sort(sorted)
	f.add(name, cut(strings.Join(texts(slices.Compact(sorted)), ","), maxNames))
}

func factual(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func audited(f facts, personal map[string]string) (factsJSON, personalJSON []byte, kept salted, err error) {
	kept = salt(personal)
	if factsJSON, err = json.Marshal(f); err != nil {
		return nil, nil, kept, fmt.Errorf("audit facts: %w", err)
	}
	if personalJSON, err = json.Marshal(kept.hashes); err != nil {
		return nil, nil, kept, fmt.Errorf("audit hashes: %w", err)
	}
	return factsJSON, personalJSON, kept, nil
}
