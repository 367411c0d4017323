package db

import (
	"strconv"

	"github.com/steward-itsm/steward/itsm"
)

// ofSupplier is what the audit says of what happened to a supplier. What people found
// and planned stands in the record, which the digest binds.
func (f facts) ofSupplier(d *itsm.Detail) {
	if x := d.Diligence; x != nil {
		f.add("assessed_by", string(x.By))
		f.add("suitable", strconv.FormatBool(x.Suitable))
		f.add("again_on", x.On.String())
		names(f, "evidence", itsm.RecordsOf(x.Evidence))
	}
	if c := d.Certificate; c != nil {
		f.add("certificate", strconv.Itoa(c.ID))
		f.add("expires_on", c.On.String())
	}
	if x := d.Exit; x != nil {
		f.add("exit_planned_by", string(x.By))
		if x.Tested != nil {
			f.add("exit_tested", factual(*x.Tested))
		}
	}
	if r := d.Rating; r != nil {
		f.add("review", string(r.Review))
		f.add("band", string(r.Band))
		if r.Points != nil {
			f.add("points", strconv.Itoa(*r.Points))
		}
	}
	names(f, "consequences", d.Consequences)
	f.add("corrective_action", string(d.Raised))
	if x := d.Expiry; x != nil {
		f.add("on", x.On.String())
	}
}

// ofContract is what the audit says of what happened to a contract.
func (f facts) ofContract(d *itsm.Detail) {
	p := d.Proposal
	if p == nil {
		return
	}
	f.add("decision", string(p.Decision))
	f.add("proposed_by", string(p.By))
	f.add("change", string(p.Change))
	if p.Terms != nil {
		f.add("ends_on", p.Terms.End.String())
		f.add("document", p.Terms.Document.Digest)
	}
}
