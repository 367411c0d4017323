package cards

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// Notice writes the message of a notice, so that Slack takes it.
func Notice(n itsm.Notice, links Links) Message {
	m := Message{Key: n.Key}
	switch {
	case n.Incident != nil:
		m.Text, m.Blocks = incidentNotice(n, links)
		return fit(m)
	case n.Problem != nil:
		m.Text, m.Blocks = problemNotice(n, links)
		return fit(m)
	case n.Corrective != nil:
		m.Text, m.Blocks = correctiveNotice(n, links)
		return fit(m)
	case n.Supplier != nil || n.Contract != nil || n.Review != nil:
		m.Text, m.Blocks = supplierNotice(n, links)
		return fit(m)
	}
	switch n.Kind { //nolint:exhaustive // the others are about records of other kinds
	case itsm.NoticeCard:
		m.Text, m.Blocks = card(n, links)
	case itsm.NoticeAsk, itsm.NoticeRemind:
		m.Text, m.Blocks = ask(n, links)
	case itsm.NoticeTell:
		m.Text, m.Blocks = tell(n, links)
	case itsm.NoticeComment:
		m.Text, m.Blocks = comment(n)
	case itsm.NoticeQuestion:
		m.Text, m.Blocks = question(n)
	}
	return fit(m)
}

// card is the record in its service's channel.
func card(n itsm.Notice, links Links) (string, []slack.Block) {
	text := Headline(n.Change) + " is " + n.Change.State.Words() + ". " + n.Explanation.Summary
	return Escape(text), layout(n, links, Escape(n.Explanation.Summary), n.Explanation.Acts)
}

// ask is for one who may decide: why them, and what comes if nobody acts. Once
// that needs nobody any more there is nothing left to press.
func ask(n itsm.Notice, links Links) (string, []slack.Block) {
	switch d, given := given(n); {
	case n.Over || n.Change.State != itsm.ChangeAwaiting:
		text := Headline(n.Change) + " needs nothing from you any more: it is " + n.Change.State.Words() + "."
		return Escape(text), layout(n, links, "It needs nothing from you any more. "+Escape(n.Explanation.Summary), nil)
	case given:
		what := voted(n, d)
		return Escape(Headline(n.Change) + ": " + what), layout(n, links, "*"+Escape(what)+"* "+Escape(n.Explanation.Summary)+
			"\nUntil this stage is decided, it can be taken back.", only(n.Explanation.Acts, itsm.ActRetract))
	}
	acts := only(n.Explanation.Acts, itsm.ActDecide, itsm.ActDelegate)
	if n.Change.Hold != nil || spared(n) {
		text := Headline(n.Change) + " needs no decision of yours for now. " + n.Explanation.Summary
		return Escape(text), layout(n, links, "*No decision of yours is needed for now.* "+Escape(n.Explanation.Summary), without(acts, itsm.ActDecide))
	}
	lead, text := "*Your decision is needed.* ", "Your decision is needed on "+Headline(n.Change)+"."
	switch {
	case n.To == "":
		lead, text = "*A decision is needed.* ", "A decision is needed on "+Headline(n.Change)+"."
	case !slices.Contains(n.Change.Approvers, n.To):
		lead, text = "*Others have approved in your place.* You may still decide until this stage ends. ",
			"Others have approved "+Headline(n.Change)+" in your place; you may still decide."
	case n.Kind == itsm.NoticeRemind:
		lead, text = "*Still waiting for a decision.* ", "Reminder: "+Headline(n.Change)+" still waits for a decision."
	}
	return Escape(text), layout(n, links, lead+whyYou(n), acts)
}

// spared tells whether whoever was asked for somebody else has nothing to decide any
// more: the other did, or took it back.
func spared(n itsm.Notice) bool {
	if n.To == "" || n.Change.Approval.Opening == nil || slices.Contains(n.Change.Approvers, n.To) {
		return false
	}
	return !slices.ContainsFunc(n.Change.Approval.Opening.Panels, func(p itsm.Panel) bool {
		return slices.Contains(slices.Concat(p.Named, p.Backups, p.Managers), n.To)
	})
}

// given is the vote of whom a notice is for: the one that they gave, or that was
// given for them.
func given(n itsm.Notice) (itsm.Decision, bool) {
	if n.Explanation.Approval == nil || n.To == "" {
		return itsm.Decision{}, false
	}
	for _, mine := range []func(itsm.Decision) bool{
		func(d itsm.Decision) bool { return d.By == n.To },
		func(d itsm.Decision) bool { return d.Principal() == n.To },
	} {
		if i := slices.IndexFunc(n.Explanation.Approval.Votes, mine); i >= 0 {
			return n.Explanation.Approval.Votes[i], true
		}
	}
	return itsm.Decision{}, false
}

var verdicts = map[itsm.Verdict]string{itsm.Approve: "approved", itsm.Reject: "rejected", itsm.Abstain: "abstained from"}

// voted says a vote to one person.
func voted(n itsm.Notice, d itsm.Decision) string {
	what := " " + verdicts[d.Verdict] + " " + string(n.Change.Number)
	switch {
	case d.By != n.To:
		return Name(n.People, d.By) + what + " for you."
	case d.For != "" && d.For != d.By:
		return "You" + what + " for " + Name(n.People, d.For) + "."
	default:
		return "You" + what + "."
	}
}

// whyYou says to somebody why it is them who is asked.
func whyYou(n itsm.Notice) string {
	on := "*" + Escape(cmp.Or(n.Service.Name, string(n.Service.ID))) + "*"
	if p := n.Explanation.Approval; p != nil {
		for _, d := range p.Deputies {
			if d.To == n.To {
				return "You are asked because " + Escape(Name(n.People, d.From)) + " delegated this to you: you decide for them."
			}
		}
	}
	if n.Change.Approval.Opening != nil {
		for _, p := range n.Change.Approval.Opening.Panels {
			if why := asOne(n, p, on); why != "" {
				return why
			}
		}
	}
	if n.To == "" {
		return "The change policy asks here for changes to " + on + "."
	}
	if slices.Contains(n.People[n.To].Roles, itsm.Approver) {
		return "You are asked because you hold the role approver, which the change policy asks to decide on changes to " + on + "."
	}
	return "You are asked because you were named an approver for " + on + " when this approval opened."
}

// asOne says as what of a panel somebody is asked; nothing when they are not of it.
func asOne(n itsm.Notice, p itsm.Panel, on string) string {
	switch {
	case slices.Contains(p.Backups, n.To):
		return "You are asked as a backup for *" + Escape(p.Name) + "*: the others are few, or it gets late."
	case slices.Contains(p.Managers, n.To):
		return "You are asked as a change manager: too few are left to decide for *" + Escape(p.Name) + "*."
	case !slices.Contains(p.Named, n.To):
		return ""
	case p.Who.Role == itsm.Approver:
		return "You are asked because you hold the role approver, which the change policy asks to decide on changes to " + on + "."
	case p.Who.Role != "":
		return "You are asked because the change policy asks every " + Escape(Words(p.Who.Role)) + " to decide on changes to " + on + "."
	case p.Who.Team != "":
		return "You are asked for *" + Escape(p.Name) + "* because you are of the team " + Escape(string(p.Who.Team)) + "."
	case p.Who.Owner:
		return "You are asked because you own " + on + "."
	default:
		return "You are asked for *" + Escape(p.Name) + "* because the change policy names you."
	}
}

// tell is for somebody concerned: what happened, what it means, and what they can
// do now.
func tell(n itsm.Notice, links Links) (string, []slack.Block) {
	if n.Comment != nil {
		return answered(n)
	}
	what := happened(n)
	text := Headline(n.Change) + ": " + what + " " + n.Explanation.Summary
	lead := "*" + Escape(what) + "* " + Escape(n.Explanation.Summary) + hint(n)
	var more []slack.Block
	if n.Event.Kind == itsm.EventEdited && n.Event.Detail != nil && len(n.Event.Detail.Edits) > 0 {
		more = append(more, diff(n.Event.Detail.Edits))
	}
	return Escape(text), layout(n, links, lead, theirs(n), more...)
}

// theirs are the acts for one who is told: a requester's, or those of whoever is to
// carry it out. To decide, people are asked.
func theirs(n itsm.Notice) []itsm.Act {
	if d := n.Event.Detail; d != nil && d.Delegation != nil && d.Delegation.From == n.To {
		return only(n.Explanation.Acts, itsm.ActDelegate, itsm.ActComment)
	}
	if n.To == n.Change.Requester {
		return without(n.Explanation.Acts, itsm.ActDecide, itsm.ActRetract, itsm.ActDelegate)
	}
	if n.To == n.Change.Assignee {
		return only(n.Explanation.Acts, itsm.ActStart, itsm.ActComplete, itsm.ActReassign, itsm.ActComment)
	}
	return only(n.Explanation.Acts, itsm.ActComment)
}

// comment is what somebody said, below the card.
func comment(n itsm.Notice) (string, []slack.Block) {
	c := *n.Comment
	did, foot := "💬 *"+Escape(Name(n.People, c.By))+"* "+moment(c.At), ""
	switch c.Kind { //nolint:exhaustive // progress is told of incidents
	case itsm.Question:
		did = "❓ *" + Escape(Name(n.People, c.By)) + "* asks " + Escape(Name(n.People, n.Change.Requester)) + " " + moment(c.At)
		foot = fmt.Sprintf("Question %d. `/change answer %s %d …` answers it; the clock of the approval goes on.", c.ID, c.Number, c.ID)
	case itsm.Answer:
		did = fmt.Sprintf("💡 *%s* answers question %d %s", Escape(Name(n.People, c.By)), c.ReplyTo, moment(c.At))
	case itsm.Remark:
	}
	blocks := []slack.Block{Section(did), Plain(c.Text)}
	if foot != "" {
		blocks = append(blocks, Footnote(foot))
	}
	return Escape(Name(n.People, c.By) + " on " + string(c.Number) + ": " + c.Text), blocks
}

// question asks the requester what somebody wants to know before they decide.
func question(n itsm.Notice) (string, []slack.Block) {
	c := *n.Comment
	who := Name(n.People, c.By)
	foot := "The clock of the approval goes on while they wait for your answer."
	buttons := []slack.BlockElement{
		press("answer", "Answer…", Claim{Number: n.Change.Number, ReplyTo: c.ID}).WithStyle(slack.StylePrimary),
		press("show", "Details", Claim{Number: n.Change.Number}),
	}
	if n.Over {
		foot, buttons = "This needs no answer any more.", buttons[1:]
	}
	return Escape(who + " asks about " + Headline(n.Change) + ": " + c.Text), []slack.Block{
		slack.NewHeaderBlock(PlainText("❓ " + Headline(n.Change))),
		Section("*" + Escape(who) + " asks you* " + moment(c.At)), Plain(c.Text), Footnote(foot), slack.NewActionBlock(in(n), buttons...),
	}
}

// answered brings an answer to whoever asked.
func answered(n itsm.Notice) (string, []slack.Block) {
	c := *n.Comment
	who := Name(n.People, c.By)
	details := press("show", "Details", Claim{Number: n.Change.Number})
	return Escape(who + " answered your question about " + Headline(n.Change) + ": " + c.Text), []slack.Block{
		slack.NewHeaderBlock(PlainText("💡 " + Headline(n.Change))),
		Section("*" + Escape(who) + " answered your question* " + moment(c.At)), Plain(c.Text), slack.NewActionBlock(in(n), details),
	}
}
