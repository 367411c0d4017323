package itsm

import (
	"fmt"
	"strings"
)

// Progress is how far the open stage of an approval has come.
type Progress struct {
	Round    int              `json:"round"`
	Stage    int              `json:"stage"`
	Of       int              `json:"of"`
	Name     string           `json:"name"`
	Factors  []FactorProgress `json:"factors"`
	Votes    []Decision       `json:"votes"`                 // in this stage, as they came
	Deputies []Delegation     `json:"delegations,omitempty"` // in force: eve may decide for bob
}

// FactorProgress is how far one factor has come.
type FactorProgress struct {
	Name      string     `json:"name"`
	Need      int        `json:"need"`
	Approved  []PersonID `json:"approved"`
	Waiting   []PersonID `json:"waiting"` // who may still decide in it
	Mandatory []PersonID `json:"mandatory,omitempty"`
	Rejection string     `json:"rejection"` // what one rejection does
}

// Explain says in a sentence for what and by name for whom the approval waits, and
// how far it has come; nil while no stage is open.
func (b *Ballot) Explain() (summary string, waits []PersonID, p *Progress) {
	if !b.stageOpen() {
		return "The next approval is being opened: Steward finds out who may decide on it.", nil, nil
	}
	o := b.Opening
	p = &Progress{Round: o.Round, Stage: o.Stage, Of: o.Of, Name: o.Name, Votes: b.Votes(), Deputies: b.Deputies()}
	for i, f := range b.Tally().Panels {
		p.Factors = append(p.Factors, FactorProgress{
			Name: f.Name, Need: f.Need, Approved: f.Approved, Waiting: f.Waiting,
			Mandatory: o.Panels[i].Mandatory, Rejection: o.Panels[i].rejection(),
		})
	}
	return p.summary(), b.Waiting(), p
}

// Plain reports whether any one person decides all: then there is no progress to show.
func (p *Progress) Plain() bool {
	return p.Of == 1 && len(p.Factors) == 1 && p.Factors[0].Need == 1 && len(p.Factors[0].Mandatory) == 0
}

func (p *Progress) summary() string {
	if p.Plain() {
		return "It waits for one decision: any one of the approvers approves or rejects it."
	}
	stage := p.Name
	if p.Of > 1 {
		stage = fmt.Sprintf("%s, stage %d of %d", p.Name, p.Stage, p.Of)
	}
	var parts []string
	for _, f := range p.Factors {
		parts = append(parts, fmt.Sprintf("%s %d of %d", f.Name, len(f.Approved), f.Need))
	}
	return "It waits for approval (" + stage + "): " + strings.Join(parts, ", ") + "."
}

// rejection says what one rejection does, where it would be given.
func (p *Panel) rejection() string {
	if p.Veto {
		return "One rejection ends it."
	}
	return fmt.Sprintf("A rejection ends it only when %d approvals cannot be reached any more.", p.slots())
}

// each puts words in a row, all of them: a, b and c.
func each[T ~string](words []T) string {
	return strings.Replace(list(words), " or ", " and ", 1)
}
