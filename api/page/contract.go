package page

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/itsm"
)

// contract is the page of one contract.
type contract struct {
	*record

	Contract itsm.Contract
	Supplier string // its name
	Deadline deadline
}

// lookAtContract reads a contract.
func (d *Door) lookAtContract(v visit, r *record) error {
	ctx := v.Request.Context()
	c, err := d.desk.Contract(ctx, v.who, r.Number)
	if err != nil {
		return err
	}
	p := &contract{record: r, Contract: c}
	r.of, r.template = p, "contract"
	r.Title, r.Revision, r.ContentHash = c.Title, c.Revision, c.Ballot().ContentHash
	if len(c.Services) > 0 {
		r.service = c.Services[0]
	}
	if r.Book, err = d.book(v); err != nil {
		return err
	}
	with, err := d.desk.Supplier(ctx, v.who, c.Supplier)
	p.Supplier = with.Name
	p.Deadline = deadlineOf(r.Book, c, with.Name)
	return err
}

// deadline is a contract by what comes of it, for a reader.
type deadline struct {
	Number   itsm.Number
	Path     string
	Title    string
	Supplier string
	Owner    string
	State    itsm.State
	Notice   book.Day // the last day for it
	Ends     book.Day
	Over     bool
	last     itsm.Date
}

// deadlineOf is until when notice of a contract can be given, and when it ends. Before
// it is approved, that follows from its terms alone.
func deadlineOf(b book.Book, c itsm.Contract, supplier string) deadline {
	l := deadline{
		Number: c.Number, Path: pathOf(c.Number), Title: c.Title, Supplier: supplier, Owner: b.Name(c.Owner), State: itsm.State(c.State),
		Ends: b.Day(c.End), Over: c.State.Final(), last: c.LastNotice(),
	}
	by := c.NoticeBy
	if by.On == 0 {
		by = itsm.Expiry{On: l.last}
	}
	l.Notice = b.Ends(by, "too late", "act soon", "in time")
	if by.At != nil { // it is given on a business day, of which this is the end
		l.last = min(by.On, itsm.DateOf(by.At.Add(-time.Second).In(b.Zone)))
		day := b.Day(l.last)
		l.Notice.ISO, l.Notice.Text, l.Notice.Apart = day.ISO, day.Text, day.Apart
	}
	switch {
	case l.Over:
		l.Notice.Tone, l.Notice.Words = "", "it is over"
	case c.Given != nil:
		l.Notice.Tone, l.Notice.Words = "met", "notice was given"
	case c.State == itsm.ContractRenewing:
		l.Notice.Tone, l.Notice.Words = "met", "it is to be renewed"
	case !c.State.InForce() && l.Notice.Tone != "late":
		l.Notice.Tone, l.Notice.Words = "", "not in force"
	}
	return l
}

// compare puts what ends first before the rest, and what is over behind it.
func (l deadline) compare(o deadline) int {
	if l.Over != o.Over {
		return map[bool]int{true: 1, false: -1}[l.Over]
	}
	return cmp.Compare(l.last, o.last)
}

// version is what both sides agreed on at some time.
type version struct {
	N        int
	Line     book.Line
	Proposal *itsm.ContractProposal
	Now      bool
}

// Versions are all that was agreed on, the newest first.
func (p *contract) Versions() (all []version) {
	for _, l := range slices.Backward(p.Happened) {
		if l.Kind != itsm.EventContractDecisionApproved || l.Detail == nil || l.Detail.Proposal == nil {
			continue
		}
		if d := l.Detail.Proposal.Decision; d == itsm.ApproveContract || d == itsm.AmendContract {
			all = append(all, version{N: len(all) + 1, Line: l, Proposal: l.Detail.Proposal})
		}
	}
	slices.Reverse(all)
	if len(all) > 0 {
		all[0].Now = true
	}
	return all
}

// terms are what is agreed on, as this page's reader sees it.
type terms struct {
	Reader *contract
	*itsm.ContractTerms
}

// Terms are those that hold now.
func (p *contract) Terms() terms { return terms{p, &p.Contract.ContractTerms} }

// Those are other terms than those that hold now.
func (p *contract) Those(t *itsm.ContractTerms) terms { return terms{p, t} }

// offering is a proposal as this page's reader sees it.
type offering struct {
	Reader   *contract
	Proposal *itsm.ContractProposal
}

// Changes is what an amendment that waits to be decided on changes: whoever decides sees
// that first.
func (o offering) Changes() (all []itsm.Difference) {
	if !o.Proposal.Open || o.Proposal.Terms == nil {
		return nil
	}
	before, after := o.Reader.written(&o.Reader.Contract.ContractTerms), o.Reader.written(o.Proposal.Terms)
	for n, f := range before {
		if f[1] != after[n][1] {
			all = append(all, itsm.Difference{Field: f[0], Before: f[1], After: after[n][1]})
		}
	}
	return all
}

// written are the names and texts of terms.
func (p *contract) written(t *itsm.ContractTerms) [][2]string {
	targets := make([]string, len(t.Targets))
	for n, g := range t.Targets {
		targets[n] = g.Name + ": " + p.Goal(g.Goal, g.Unit) + ", for " + p.Words(g.Criterion)
		if g.Customer != nil {
			targets[n] += ", customers were promised " + g.Customer.String()
		}
		if g.Critical {
			targets[n] += ", critical"
		}
	}
	return [][2]string{
		{"supplied", t.Supplies},
		{"duties", t.Duties},
		{"from", p.Day(t.Start).Text},
		{"until", p.Day(t.End).Text},
		{"notice", p.Span(t.Notice)},
		{"goes on for", p.Span(t.Renewal)},
		{"targets", strings.Join(targets, "\n")},
		{"document", t.Document.URL + "\n" + t.Document.Digest},
	}
}

// Rest is what a proposal says beyond what is asked for.
func (p *contract) Rest(of *itsm.ContractProposal) offering { return offering{p, of} }

// Corrections are the corrective actions that were due of it.
func (p *contract) Corrections() []itsm.Correction { return p.Contract.Corrections }

// suits leaves out what the rules do not take as it stands: an amendment has a form of
// its own.
func (p *contract) suits(a act) bool {
	can := p.Contract.Proposable()
	switch a.path {
	case "propose":
		return len(p.plain()) > 0
	case "amend":
		return slices.Contains(can, itsm.AmendContract)
	}
	return true
}

// plain are the decisions that need no terms.
func (p *contract) plain() []itsm.ContractDecision {
	return slices.DeleteFunc(p.Contract.Proposable(), func(d itsm.ContractDecision) bool { return d == itsm.AmendContract })
}

// offered is nothing: all forms stand where those of every record do.
func (*contract) offered() {}

// choose adds a field, with what it may name.
func (p *contract) choose(o *offer, f field) {
	if f.Kind == "decisions" {
		f.Kind, f.Options = "choice", []option{nobodyYet}
		for _, d := range p.plain() {
			f.Options = append(f.Options, option{Value: string(d), Words: p.Asked(d)})
		}
	}
	o.Fields = append(o.Fields, f)
}
