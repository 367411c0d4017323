package db

import (
	"strconv"

	"github.com/steward-itsm/steward/itsm"
)

// problemRaisedFacts is what the audit says of a problem that was raised. What a trend
// is called holds words of incidents, so only what it was found by is a fact.
func problemRaisedFacts(p *itsm.Problem, e itsm.Event, digest string) facts {
	f := recordFacts(e, digest)
	f.add("reporter", string(p.Reporter))
	f.add("service", string(p.Service))
	f.add("team", string(p.Team))
	f.add("priority", string(p.Priority))
	f.add("impact", string(p.Impact))
	f.add("urgency", string(p.Urgency))
	f.add("trigger", string(p.Trigger))
	names(f, "incidents", p.Incidents)
	f.add("change", string(p.Change))
	f.add("follows", string(p.Follows))
	if p.Trend != nil {
		f.add("finding", string(p.Trend.Finding))
		f.add("count", strconv.Itoa(p.Trend.Count))
	}
	return f
}

// recordFacts is what the audit says of what happened to a record that is decided on.
func recordFacts(e itsm.Event, digest string) facts {
	f := eventFacts(e, digest)
	if d := e.Decision; d != nil {
		f.decision(*d)
		f.add("content_hash", d.ContentHash)
	}
	return f
}

// ofProblem is what the audit says of what happened to a problem, or to an incident of
// one. What people found and wrote stands in the record, which the digest binds.
func (f facts) ofProblem(d *itsm.Detail) {
	f.add("problem", string(d.Problem))
	if w := d.Workaround; w != nil {
		f.add("problem", string(w.Problem))
		if w.Version > 0 {
			f.add("version", strconv.Itoa(w.Version))
		}
	}
	names(f, "incidents", d.Incidents)
	f.add("absorbed", string(d.Absorbed))
	if t := d.Task; t != nil {
		f.add("task", strconv.Itoa(t.ID))
		f.add("task_state", string(t.State))
		f.add("owner", string(t.Owner))
		if t.DueAt != nil {
			f.add("due_at", factual(*t.DueAt))
		}
	}
	if c := d.RootCause; c != nil {
		f.add("method", string(c.Method))
		f.add("known", strconv.FormatBool(c.Known))
		names(f, "evidence", evidence(c))
	}
	if k := d.KnownError; k != nil {
		f.add("known_error", string(k.State))
		f.add("version", strconv.Itoa(k.Version))
		f.add("verified_by", string(k.VerifiedBy))
		f.add("content_hash", k.Hash())
	}
	f.ending(d)
}

// ending is what the audit says of how a problem came to be fixed or lived with.
func (f facts) ending(d *itsm.Detail) {
	if x := d.Fix; x != nil {
		f.add("fix", string(x.Change))
		f.add("fix_outcome", string(x.Outcome))
	}
	if w := d.Watch; w != nil {
		f.add("watch_from", factual(w.From))
		if w.Until != nil {
			f.add("watch_until", factual(*w.Until))
		}
	}
	if r := d.Risk; r != nil {
		f.add("risk_by", string(r.By))
		f.add("expires_at", factual(r.ExpiresAt))
	}
	if d.Review != nil {
		f.add("reviewed_by", string(d.Review.By))
	}
}

// evidence are the records that a root cause rests on.
func evidence(c *itsm.RootCause) []itsm.Number {
	r := itsm.RootCauseRequest{Trigger: c.Trigger, Cause: c.Cause, Contributing: c.Contributing, DetectionGap: c.DetectionGap}
	return r.Records()
}
