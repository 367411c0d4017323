package cards

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// maxNamed people are named in a row; the record names all.
const maxNamed = 8

// progress shows how far an approval has come, factor by factor. Where any one
// person decides all there is none to show.
func progress(n itsm.Notice) []slack.Block {
	p := n.Explanation.Approval
	if p == nil || p.Plain() {
		return nil
	}
	lines := []string{stage(p)}
	together := p.Factors[0].Rejection
	for _, f := range p.Factors {
		if f.Rejection != together {
			together = ""
		}
	}
	for _, f := range p.Factors {
		line := factor(n, f)
		if together == "" {
			line += " · " + Escape(f.Rejection)
		}
		lines = append(lines, line)
	}
	if others := unlike(n, p.Votes); others != "" {
		lines = append(lines, others)
	}
	if together != "" {
		lines = append(lines, Escape(together))
	}
	return []slack.Block{Section(strings.Join(lines, "\n"))}
}

// stage says which decision of how many is open.
func stage(p *itsm.Progress) string {
	out := "*" + Escape(stageName(p)) + "*"
	if p.Round > 1 {
		out += fmt.Sprintf(" · round %d, because it was edited", p.Round)
	}
	return out
}

func stageName(p *itsm.Progress) string {
	if p.Of == 1 {
		return p.Name
	}
	return fmt.Sprintf("%s, stage %d of %d", p.Name, p.Stage, p.Of)
}

// factor is one line: how many there are of how many, who approved, and who still may.
func factor(n itsm.Notice, f itsm.FactorProgress) string {
	sign := "⏳"
	if len(f.Approved) >= f.Need {
		sign = "✅"
	}
	parts := []string{fmt.Sprintf("%s *%s* %d of %d", sign, Escape(f.Name), len(f.Approved), f.Need)}
	for i, id := range f.Approved {
		if i == maxNamed {
			parts = append(parts, fmt.Sprintf("and %d more ✓", len(f.Approved)-i))
			break
		}
		parts = append(parts, approval(n, id))
	}
	if len(f.Approved) < f.Need && len(f.Waiting) > 0 {
		parts = append(parts, "waiting for "+Escape(strings.Join(waiting(n, f.Waiting), ", ")))
	}
	for _, id := range first(f.Mandatory, maxNamed) {
		if !slices.Contains(f.Approved, id) {
			parts = append(parts, Escape(Name(n.People, id))+" must be among them")
		}
	}
	return strings.Join(parts, " · ")
}

// approval is who approved, for whom and when.
func approval(n itsm.Notice, principal itsm.PersonID) string {
	for _, d := range n.Explanation.Approval.Votes {
		if d.Principal() == principal {
			return Escape(voter(n, d)) + " ✓ " + moment(d.At)
		}
	}
	return Escape(Name(n.People, principal)) + " ✓"
}

// voter is who gave a vote, and for whom.
func voter(n itsm.Notice, d itsm.Decision) string {
	if d.For != "" && d.For != d.By {
		return Name(n.People, d.By) + " for " + Name(n.People, d.For)
	}
	return Name(n.People, d.By)
}

// unlike are the votes that approve nothing.
func unlike(n itsm.Notice, votes []itsm.Decision) string {
	var out []string
	for _, d := range votes {
		switch d.Verdict {
		case itsm.Reject:
			out = append(out, "❌ "+Escape(voter(n, d))+" rejected "+moment(d.At))
		case itsm.Abstain:
			out = append(out, "⚪ "+Escape(voter(n, d))+" abstained "+moment(d.At))
		case itsm.Approve:
		}
	}
	if over := len(out) - maxNamed; over > 0 {
		out = append(out[:maxNamed], fmt.Sprintf("and %d more", over))
	}
	return strings.Join(out, " · ")
}

// waiting names people, each with who may decide for them.
func waiting(n itsm.Notice, ids []itsm.PersonID) (who []string) {
	for i, id := range ids {
		if i == maxNamed {
			return append(who, fmt.Sprintf("and %d more", len(ids)-i))
		}
		either := []string{Name(n.People, id)}
		if n.Explanation.Approval != nil {
			for _, d := range n.Explanation.Approval.Deputies {
				if d.From == id {
					either = append(either, Name(n.People, d.To)+" for "+Name(n.People, id))
				}
			}
		}
		who = append(who, strings.Join(either, " or "))
	}
	return who
}

// waitsFor is whom a change waits for, by name or by role.
func waitsFor(n itsm.Notice) string {
	who := waiting(n, n.Explanation.WaitsFor)
	for _, r := range n.Explanation.Roles {
		who = append(who, "any "+Words(r))
	}
	return strings.Join(who, ", ")
}

// maxVotes are shown of those that were given in stages before.
const maxVotes = 4

// votes are a line each: who decided what, for whom and when. Those of the open
// stage stand in its progress already.
func votes(n itsm.Notice) (lines []string) {
	all := slices.Clone(n.Change.Decisions)
	if p := n.Explanation.Approval; p != nil && !p.Plain() {
		all = slices.DeleteFunc(all, func(d itsm.Decision) bool { return d.Round == p.Round && d.Stage == p.Stage })
	}
	if over := len(all) - maxVotes; over > 0 {
		lines, all = append(lines, fmt.Sprintf("%d votes before these", over)), all[over:]
	}
	for _, d := range all {
		verdict := map[itsm.Verdict]string{itsm.Approve: "✅ Approved", itsm.Reject: "❌ Rejected", itsm.Abstain: "⚪ Abstained from"}[d.Verdict]
		lines = append(lines, verdict+" by "+Escape(voter(n, d))+" "+moment(d.At))
	}
	return lines
}

// risk says the tier of a change and why it is in it; nothing where risk decides nothing.
func risk(c itsm.Change) []slack.Block {
	if c.RiskScore.Tier == "" {
		return nil
	}
	return []slack.Block{Footnote("Risk is *" + string(c.RiskScore.Tier) + "*: " + Escape(strings.Join(c.RiskScore.Reasons, " ")))}
}

// forecast is what happens by itself, step by step, and what has stopped.
func forecast(n itsm.Notice) (lines []string) {
	if h := n.Change.Hold; h != nil {
		lines = append(lines, "On hold since "+moment(h.At)+", by "+Escape(Name(n.People, h.By)))
		if len(n.Explanation.Forecast) == 0 {
			lines = append(lines, "Nothing happens by itself until it is resumed; its deadlines then move by as long as the hold took.")
		}
	}
	for i, f := range n.Explanation.Forecast {
		line := moment(f.At) + ": " + Escape(f.Says(func(id itsm.PersonID) string { return Name(n.People, id) }))
		if i == 0 {
			line = "If nobody acts: " + line
		}
		lines = append(lines, line)
	}
	return lines
}

// askedAgain says why somebody is asked to decide after others were, or once more; empty
// where they are asked for the first time.
func askedAgain(e itsm.Event) string {
	switch e.Kind { //nolint:exhaustive // the others ask for the first time
	case itsm.EventKnownErrorBackup, itsm.EventPlanBackup, itsm.EventContractDecisionBackup:
		return " Those who were asked first have not decided."
	case itsm.EventKnownErrorReminded, itsm.EventPlanReminded, itsm.EventContractDecisionReminded:
		return " You are asked once more, since you have not answered."
	}
	return ""
}
