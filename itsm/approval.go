package itsm

import (
	"slices"
	"time"
)

// Approval is how far the decision on a record has come (8.5.1.3 for a change).
type Approval struct {
	Round       int          `json:"round,omitempty"` // 1, and one more for each edit that voided votes
	Opening     *Opening     `json:"opening,omitempty"`
	Delegations []Delegation `json:"delegations,omitempty"` // for this record alone
	StoppedAt   *time.Time   `json:"stopped_at,omitempty"`  // since when a hold stops its clock
	Asked       []PersonID   `json:"asked,omitempty"`       // everybody who ever could decide on it
	NotDoers    []PersonID   `json:"not_doers,omitempty"`   // approved where whoever carries it out has no say
}

// Opening is a stage as it was opened. Who may decide is settled for good then:
// whoever joins the group later does not, and whoever leaves it loses their say.
type Opening struct {
	Round    int          `json:"round"`
	Stage    int          `json:"stage"` // the first is 1
	Of       int          `json:"of"`
	Name     string       `json:"name"`
	Channel  string       `json:"channel,omitempty"`
	At       time.Time    `json:"at"`
	RemindAt *time.Time   `json:"remind_at,omitempty"`
	BackupAt *time.Time   `json:"backup_at,omitempty"`
	ExpireAt time.Time    `json:"expire_at"`
	Calendar CalendarID   `json:"calendar,omitempty"` // in whose hours the instants were counted
	Panels   []Panel      `json:"factors"`
	Deputies []Delegation `json:"delegations,omitempty"` // the standing ones, of those who are named
}

// Panel is a factor with its people named.
type Panel struct {
	Name      string     `json:"name"`
	Who       Group      `json:"who"`
	Need      int        `json:"need"`
	Veto      bool       `json:"veto,omitempty"`
	NotDoer   bool       `json:"not_implementer,omitempty"` // whoever carries the record out has no say here
	NotTwice  bool       `json:"not_earlier,omitempty"`     // nor whoever approved in an earlier stage
	Mandatory []PersonID `json:"mandatory,omitempty"`
	Named     []PersonID `json:"named"`
	Absent    []PersonID `json:"absent,omitempty"` // were away at the opening, with nobody to stand in
	Backup    Group      `json:"backup,omitzero"`
	Backups   []PersonID `json:"backups,omitempty"`
	Managers  []PersonID `json:"managers,omitempty"` // change managers, when nobody else is left
	Reach     Reach      `json:"reach,omitempty"`
	Barred    []PersonID `json:"barred,omitempty"` // voted when they had no say here
}

// Reach says who of a panel may decide, beside those who were named.
type Reach string

// The reaches, each within the next.
const (
	ReachNamed    Reach = ""
	ReachBackups  Reach = "backups"
	ReachManagers Reach = "managers"
)

// Delegation lets one person decide for another. It is not a grant: both must
// hold what it takes, at the moment of the vote.
type Delegation struct {
	From PersonID  `json:"from"`
	To   PersonID  `json:"to"`
	By   PersonID  `json:"by,omitempty"` // who arranged it
	At   time.Time `json:"at,omitzero"`
}

// Standing is how a stage stands.
type Standing string

// The standings.
const (
	StageOpen   Standing = "open"
	StagePassed Standing = "passed"
	StageFailed Standing = "failed"
)

// Tally is how a stage stands, factor by factor.
type Tally struct {
	Standing Standing
	Vetoed   bool // by one rejection, where one is enough
	Panels   []PanelTally
}

// PanelTally is how one factor stands.
type PanelTally struct {
	Name     string
	Need     int
	Approved []PersonID // whose approvals fill it; each fills one factor only
	Waiting  []PersonID // who may still decide and has not
	Short    bool       // lacks an approval, or could give one up to a factor that does
	useful   bool       // one more person could help
}

// seats are those who may decide in a panel.
func (p *Panel) seats(b *Ballot) []PersonID {
	seats := slices.Clone(p.Named)
	if p.Reach != ReachNamed {
		seats = append(seats, p.Backups...)
	}
	if p.Reach == ReachManagers {
		seats = append(seats, p.Managers...)
	}
	slices.Sort(seats)
	return slices.DeleteFunc(slices.Compact(seats), func(id PersonID) bool {
		return id == b.Requester || (p.NotDoer && id == b.Assignee)
	})
}

// counts reports whether the vote of one who may decide in a panel counts there.
func (p *Panel) counts(id PersonID) bool { return !slices.Contains(p.Barred, id) }

// slots is how many approvals fill a panel: what it needs, and no fewer than it
// has mandatory members.
func (p *Panel) slots() int { return max(p.Need, len(p.Mandatory)) }

// further lets the next ones decide, and reports whether there are any.
func (p *Panel) further() bool {
	for _, step := range []struct {
		from, to Reach
		who      []PersonID
	}{{ReachNamed, ReachBackups, p.Backups}, {ReachBackups, ReachManagers, p.Managers}} {
		if p.Reach == step.from {
			p.Reach = step.to
			if len(step.who) > 0 {
				return true
			}
		}
	}
	return false
}

// Tally counts the votes of the open stage. It changes nothing.
func (b *Ballot) Tally() Tally {
	o := b.Opening
	if o == nil {
		return Tally{Standing: StageOpen}
	}
	t := Tally{Standing: StageOpen}
	said := b.said()
	seated := o.seat(b, func(id PersonID) bool { return said.verdicts[id] == Approve })
	for i := range o.Panels {
		p := &o.Panels[i]
		line := PanelTally{Name: p.Name, Need: p.slots(), Approved: seated.filled[i], Short: seated.short[i], useful: seated.useful[i]}
		for _, id := range p.seats(b) {
			if said.silent(id) {
				line.Waiting = append(line.Waiting, id)
			} else if said.verdicts[id] == Reject && p.Veto && p.counts(id) {
				t.Vetoed = true
			}
		}
		t.Panels = append(t.Panels, line)
	}
	switch {
	case t.Vetoed:
		t.Standing = StageFailed
	case seated.full:
		t.Standing = StagePassed
	case !o.seat(b, said.mayApprove).full:
		t.Standing = StageFailed
	}
	return t
}

// said is what was said in the open stage: the verdict on whose behalf, and by whom.
type said struct {
	verdicts map[PersonID]Verdict
	spoke    map[PersonID]bool
}

func (b *Ballot) said() said {
	s := said{make(map[PersonID]Verdict), make(map[PersonID]bool)}
	for _, d := range b.Votes() {
		s.verdicts[d.Principal()], s.spoke[d.By] = d.Verdict, true
	}
	return s
}

// silent reports whether somebody may still decide: whoever decided for another
// has counted already.
func (s said) silent(id PersonID) bool { return s.verdicts[id] == "" && !s.spoke[id] }

func (s said) mayApprove(id PersonID) bool { return s.verdicts[id] == Approve || s.silent(id) }

// settle counts the votes and, where abstentions or absences and not rejections
// stand in the way, lets those decide who come next: the backups at once, then
// the change managers.
func (b *Ballot) settle() Tally {
	for {
		t := b.Tally()
		if t.Standing != StageFailed || t.Vetoed || b.rejectedBeyondRepair() || !b.Opening.extend(b) {
			return t
		}
	}
}

// rejectedBeyondRepair reports whether rejections alone leave too few.
func (b *Ballot) rejectedBeyondRepair() bool {
	o, said := b.Opening, b.said()
	return o.seat(b, func(PersonID) bool { return true }).full &&
		!o.seat(b, func(id PersonID) bool { return said.verdicts[id] != Reject }).full
}

// extend lets further people decide in the first panel that they could help.
func (o *Opening) extend(b *Ballot) bool {
	seated := o.seat(b, b.said().mayApprove)
	for i := range o.Panels {
		if seated.useful[i] && o.Panels[i].further() {
			return true
		}
	}
	return false
}
