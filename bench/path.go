package main

import (
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// path is one way that a change goes to its end.
type path struct {
	name     string
	risk     itsm.RiskTier // which sends a change of Steward's this way
	answers  int           // of the requester, to each question about risk
	votes    int           // until it is approved
	bareType string        // the twin's workflow
}

// The paths. Any one of the two approvers is enough where little is at risk, and
// both are needed where more is.
var (
	single = &path{"approved by one", itsm.RiskLow, 1, 1, "Bare"}
	double = &path{"approved by two", itsm.RiskMedium, 3, 2, "BareOfTwo"}
	paths  = []*path{single, double}
)

// acts are what people do once a change is raised, in order.
func (p *path) acts() []string {
	return append([]string{actDecide, actSecond}[:p.votes:p.votes], actStart, actComplete)
}

// events are what Steward keeps of a change: raised, approval opened, each vote,
// scheduled, started, completed.
func (p *path) events() int { return 5 + p.votes }

// policy has a tier for each path. What is at stake for the service does not count
// here, and no deadline comes while a change is measured.
func policy() itsm.ChangePolicy {
	var c itsm.ChangePolicy
	for _, tier := range itsm.RiskTiers {
		p := double
		if tier == single.risk {
			p = single
		}
		c.Tiers = append(c.Tiers, itsm.Tier{Risk: tier, Stages: []itsm.Stage{{
			Name: "Peers", ExpireAfter: itsm.Duration(24 * time.Hour), BackupAfter: new(itsm.Duration),
			Factors: []itsm.Factor{{
				Name: "Approvers", Who: itsm.Group{People: []itsm.PersonID{approvers[0], approvers[1]}}, Need: itsm.Need{Count: p.votes},
			}},
		}}})
	}
	return c
}
