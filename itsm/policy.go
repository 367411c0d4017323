package itsm

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// ChangePolicy says who decides on a change and how long that may take
// (ISO/IEC 20000-1:2018, 8.5.1.1). A small organisation names the approvers' role
// and two durations; one that weighs risk names tiers instead.
type ChangePolicy struct {
	Approvers   Role     `json:"approvers,omitempty"`
	RemindAfter Duration `json:"remind_after,omitempty"` // from the opening of the approval; zero: no reminder
	ExpireAfter Duration `json:"expire_after,omitempty"` // from the opening of the approval

	Calendar CalendarID `json:"calendar,omitempty"` // in whose hours durations are counted; empty: around the clock
	Risk     RiskPolicy `json:"risk,omitzero"`
	Tiers    []Tier     `json:"tiers,omitempty"`
	Material []string   `json:"material_fields,omitempty"` // whose edit voids votes; empty: MaterialFields
}

// Tier is how changes of one risk are decided on: stage after stage, in order.
type Tier struct {
	Risk       RiskTier `json:"risk"`
	Assessment bool     `json:"assessment,omitempty"` // nobody decides before it is assessed
	Stages     []Stage  `json:"stages"`
}

// Stage is one group of decisions that are asked for together. It passes when
// every factor of it does.
type Stage struct {
	Name        string     `json:"name"` // as people read it: Technical
	Factors     []Factor   `json:"factors"`
	Calendar    CalendarID `json:"calendar,omitempty"`     // empty: the policy's
	RemindAfter *Duration  `json:"remind_after,omitempty"` // nil: at half of ExpireAfter; 0s: never
	BackupAfter *Duration  `json:"backup_after,omitempty"` // nil: at three quarters; 0s: never
	ExpireAfter Duration   `json:"expire_after"`
	Channel     string     `json:"channel,omitempty"` // Slack channel id to ask in; empty: the service's
}

// Factor asks some people for a number of approvals.
type Factor struct {
	Name      string      `json:"name"` // as people read it: Security
	Who       Group       `json:"who"`
	Need      Need        `json:"need"`
	Mandatory []PersonID  `json:"mandatory,omitempty"` // without whose approval the others' do not suffice
	Reject    RejectRule  `json:"reject,omitempty"`    // empty: veto
	Exclude   []Exclusion `json:"exclude,omitempty"`   // the requester never decides, listed or not
	Backup    Group       `json:"backup,omitzero"`     // who may decide too once it gets late, or when too few are there
}

// Group names people in one of four ways.
type Group struct {
	Role   Role       `json:"role,omitempty"`
	Team   TeamID     `json:"team,omitempty"` // its members and its manager
	People []PersonID `json:"people,omitempty"`
	Owner  bool       `json:"service_owner,omitempty"`
}

// RejectRule is what rejections do to a factor.
type RejectRule string

// The rules.
const (
	Veto   RejectRule = "veto"   // one rejection ends it
	Quorum RejectRule = "quorum" // it ends once the approvals it needs cannot be reached any more
)

// Exclusion keeps somebody out of a factor whom its group would let in.
type Exclusion string

// The exclusions.
const (
	ExcludeRequester   Exclusion = "requester"
	ExcludeImplementer Exclusion = "implementer"   // whoever the change is assigned to
	ExcludeEarlier     Exclusion = "other_factors" // whoever decided in an earlier stage
)

// Exclusions is every Exclusion.
var Exclusions = []Exclusion{ExcludeRequester, ExcludeImplementer, ExcludeEarlier}

// MaterialFields are those of a draft whose edit may void votes, and by default does.
var MaterialFields = []string{
	"title", "description", "plan", "backout_plan", "window", "risk", "test_plan", "backout_minutes",
	"configuration_items", "justification", "assessment",
}

// Need is how many of a factor's people have to approve: all, a count such as 2,
// or a percentage such as 60%, rounded up.
type Need struct {
	Count   int
	Percent int
	All     bool
}

// Of is how many approvals the need comes to among some people; never none.
func (n Need) Of(people int) int {
	switch {
	case n.All:
		return max(people, 1)
	case n.Percent > 0:
		return max((people*n.Percent+99)/100, 1)
	default:
		return max(n.Count, 1)
	}
}

// MarshalText writes all, 2 or 60%.
func (n Need) MarshalText() ([]byte, error) {
	switch {
	case n.All:
		return []byte("all"), nil
	case n.Percent > 0:
		return []byte(strconv.Itoa(n.Percent) + "%"), nil
	default:
		return []byte(strconv.Itoa(n.Count)), nil
	}
}

// UnmarshalText reads what MarshalText writes. A share of nobody is refused: it
// would approve by itself.
func (n *Need) UnmarshalText(text []byte) error {
	word := strings.TrimSpace(string(text))
	if word == "all" {
		*n = Need{All: true}
		return nil
	}
	digits, percent := strings.CutSuffix(word, "%")
	v, err := strconv.Atoi(digits)
	switch {
	case err != nil || v < 1 || (percent && v > 100) || v > MaxNamed:
		return Refuse(Invalid, "catalog.need", "%q is not a number of approvals; write all, a count such as 2, or a percentage such as 60%%.", cut(word))
	case percent:
		*n = Need{Percent: v}
	default:
		*n = Need{Count: v}
	}
	return nil
}

// Bounds on a policy.
const (
	MaxStages  = 10
	MaxFactors = 10
	MaxNamed   = 100 // people in a factor: nobody asks more of them one by one
)

// Tier is the way that changes of a risk go. A policy without tiers has one way
// for all: any one of the approvers decides.
func (p *ChangePolicy) Tier(risk RiskTier) Tier {
	for _, t := range p.Tiers {
		if t.Risk == risk {
			return t
		}
	}
	never, remind := Duration(0), p.RemindAfter
	return Tier{Risk: risk, Stages: []Stage{{
		Name: "Approval", RemindAfter: &remind, BackupAfter: &never, ExpireAfter: p.ExpireAfter,
		Factors: []Factor{{Name: "Approvers", Who: Group{Role: p.Approvers}, Need: Need{Count: 1}}},
	}}}
}

// IsMaterial reports whether an edit of a field voids the votes given before it.
func (p *ChangePolicy) IsMaterial(field string) bool {
	if len(p.Material) == 0 {
		return slices.Contains(MaterialFields, field)
	}
	return slices.Contains(p.Material, field)
}

// reminds and backs say after how long of a stage's time that happens; zero: never.
func (s *Stage) reminds() time.Duration { return after(s.RemindAfter, s.ExpireAfter, 2, 4) }
func (s *Stage) backs() time.Duration   { return after(s.BackupAfter, s.ExpireAfter, 3, 4) }

func after(given *Duration, expire Duration, part, of time.Duration) time.Duration {
	if given != nil {
		return time.Duration(*given)
	}
	return (time.Duration(expire) * part / of).Truncate(time.Second)
}

func (f *Factor) excludes(x Exclusion) bool { return slices.Contains(f.Exclude, x) }

func (g Group) empty() bool { return g.Role == "" && g.Team == "" && len(g.People) == 0 && !g.Owner }
