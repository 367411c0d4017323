package db

import (
	"strconv"

	"github.com/steward-itsm/steward/itsm"
)

// correctiveRaisedFacts is what the audit says of a corrective action that was raised.
func correctiveRaisedFacts(c *itsm.CorrectiveAction, e itsm.Event, digest string) facts {
	f := recordFacts(e, digest)
	f.add("reporter", string(c.Reporter))
	f.add("service", string(c.Service))
	f.add("team", string(c.Team))
	f.add("owner", string(c.Owner))
	f.add("severity", string(c.Severity))
	f.add("raised_by", string(c.RaisedBy))
	f.add("source", string(c.Source))
	return f
}

// ofCorrective is what the audit says of what happened to a corrective action. What
// people planned and saw stands in the record, which the digest binds.
func (f facts) ofCorrective(d *itsm.Detail) {
	f.add("severity", string(d.Severity))
	f.add("source", string(d.Source))
	if p := d.Plan; p != nil {
		f.add("version", strconv.Itoa(p.Version))
		f.add("steps", strconv.Itoa(len(p.Steps)))
		f.add("planned_by", string(p.By))
		f.add("content_hash", p.Hash())
	}
	if d.VerifyFrom != nil {
		f.add("verify_from", factual(*d.VerifyFrom))
	}
	if v := d.Verification; v != nil {
		f.add("verified_by", string(v.By))
		f.add("effective", strconv.FormatBool(v.Effective))
		names(f, "evidence", itsm.RecordsOf(v.Evidence))
	}
	if t := d.Task; t != nil {
		names(f, "evidence", itsm.RecordsOf(t.Evidence))
	}
}
