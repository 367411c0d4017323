package chatops

import (
	"context"
	"maps"
	"slices"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// incidents is what the door knows of incidents.
var incidents = &kind{
	name: "incident", prefix: ofIncidents, verbs: incidentVerbs,
	others: map[string]subcommand{"new": (*Bot).newIncident, "list": (*Bot).listIncidents, "my": (*Bot).myTyped, "help": (*Bot).incidentHelp},
	also: map[string]string{
		"acknowledge": "ack", "prioritise": "priority", "prioritize": "priority", "reprioritise": "priority", "progress": "update", "relate": "link", "close": "confirm",
	},
	read: func(b *Bot, ctx context.Context, who desk.Caller, n itsm.Number) (subject, error) {
		i, err := b.desk.Incident(ctx, who, n)
		return &i, err
	},
	given: (*Bot).givenOf,
}

// incidentVerbs are what people do to an incident.
var incidentVerbs = map[string]verb{
	"show":     {do: (*Bot).showIncident, look: true},
	"status":   {do: (*Bot).incidentStatus, look: true},
	"explain":  {do: (*Bot).incidentStatus, look: true},
	"timeline": {do: (*Bot).incidentTimeline, look: true},

	"ack":     {do: deedOf("You acknowledged", (*Bot).acknowledge, cards.TakenOn)},
	"resume":  {do: deedOf("You resumed", (*Bot).resumeIncident, nil)},
	"confirm": {do: deedOf("You said that it works again:", (*Bot).confirm, cards.Always("What comes after that is reported anew."))},
	"assign": {
		do: (*Bot).assignTo, act: itsm.ActAssign, rule: on(mayHandOver), read: (*Bot).readHandover,
		form: &form.Why{
			Callback: "incident.assign", Title: "Assign", Person: "assignee", Whom: "Who takes it on?", Nobody: true, Some: true, Block: "note", Label: "What should they know?", Submit: "Assign", Optional: true,
			Fields: []form.Field{{Block: "team", Label: "Team", Hint: "Alone, all of it are called to take it on.", Optional: true, Teams: true}},
			Means:  "They are told. Somebody, a team, or somebody of another team.",
		},
	},
	"escalate": {
		do: deedOf("You escalated", (*Bot).escalate, cards.Always("Whoever is called reads why; `/incident status %s` tells who that is.")), act: itsm.ActEscalate, rule: on(mayEscalate), read: fields(typed.Escalate),
		form: &form.Why{
			Callback: "incident.escalate", Title: "Escalate", Block: "note", Label: "Why? Whoever is called reads this.", Submit: "Escalate",
			Fields: []form.Field{
				{Block: "to", Label: "To whom?", Options: options(itsm.EscalateTos, "The next level of its escalation", "Another team, which has it from now on", "Who answers for the team or the service")},
				{Block: "team", Label: "Team", Hint: "Where it goes to another team.", Optional: true, Teams: true},
			},
		},
	},
	"hold": {
		do: deedOf("You put on hold", (*Bot).holdIncident, cards.HeldFor), act: itsm.ActIncidentHold, rule: on(mayPutOnHold), read: fields(typed.Hold),
		form: &form.Why{
			Callback: "incident.hold", Title: "Hold", Block: "note", Label: "What is asked of the caller, or why it waits", Submit: "Put on hold",
			Fields: []form.Field{
				{Block: "reason", Label: "What does it wait for?", Options: options(itsm.HoldReasons, "Its reporter · asked now; its clock stands still", "A change · its clocks go on", "A problem · its clocks go on", "A vendor · its clocks go on")},
				{Block: "for", Label: "Which record?", Hint: "A number such as CHG-42.", Optional: true},
			},
		},
	},
	"update": {
		do: (*Bot).tellProgress, act: itsm.ActIncidentComment, rule: on(mayTell),
		form: &form.Why{Callback: "incident.update", Title: "Progress of", Block: "text", Label: "How does it go?", Submit: "Tell", Means: "Its reporter is told, and it stands below the incident's card."},
	},
	"comment": {
		do: deedOf("You commented on", (*Bot).remark, cards.Always("It stands below its card.")), act: itsm.ActIncidentComment, rule: on(mayRemark),
		form: &form.Why{Callback: "incident.comment", Title: "Comment on", Block: "text", Label: "What do you want to say?", Submit: "Comment", Means: "It stands below the incident's card, for all who may see it. An answer that is waited for resumes it."},
	},
	"resolve": {
		do: deedOf("You resolved", (*Bot).resolve, cards.EndedAs), act: itsm.ActResolve, rule: on(mayResolve), read: fields(typed.Resolve),
		form: &form.Why{
			Callback: "incident.resolve", Title: "Resolve", Block: "note", Label: "What was done? Its reporter reads this.", Submit: "Resolve",
			Fields: []form.Field{{Block: "code", Label: "How was it resolved?", Options: options(itsm.ResolutionCodes,
				"Fixed", "Workaround · it works, the cause is still there", "Recovered by itself", "It could not be reproduced", "It was no fault", "Its reporter did not answer")}},
		},
	},
	"reopen": {
		do: deedOf("You reopened", (*Bot).reopen, cards.CalledAgain), act: itsm.ActReopen, rule: on(mayReopen),
		form: &form.Why{Callback: "incident.reopen", Title: "Reopen", Block: "note", Label: "What does not work?", Submit: "Reopen"},
	},
	"priority": {
		do: deedOf("You weighed anew", (*Bot).reprioritise, cards.Weighed), act: itsm.ActReprioritise, rule: on(mayWeigh), read: fields(typed.Priority),
		form: &form.Why{
			Callback: "incident.priority", Title: "Priority of", Block: "note", Label: "Why? Needed where a priority is set against them.", Submit: "Weigh anew", Optional: true, Some: true,
			Means: "Its clocks take their new targets from their own beginning on.",
			Fields: []form.Field{
				{Block: "impact", Label: "Impact", Optional: true, Options: form.Impacts()},
				{Block: "urgency", Label: "Urgency", Optional: true, Options: form.Urgencies()},
				{Block: "override", Label: "A priority against them", Hint: "Leave it out, and it follows from impact and urgency.", Optional: true, Options: options(itsm.Priorities, "P1", "P2", "P3", "P4", "P5")},
			},
		},
	},
	"link": {
		do: deedOf("You linked", (*Bot).relate, cards.Related), act: itsm.ActRelate, rule: on(mayRelate), read: fields(typed.Link),
		form: &form.Why{
			Callback: "incident.link", Title: "Link", Submit: "Add the link",
			Fields: []form.Field{
				{Block: "kind", Label: "How is it to the other?", Options: options(relatable, "It was caused by a change", "It was fixed by a change", "It goes on from an incident that is closed", "It has to do with it")},
				{Block: "to", Label: "Which record?", Hint: "A number such as CHG-42."},
			},
		},
	},
	"problem":    {open: (*Bot).problemFrom},
	"corrective": {open: (*Bot).correctiveFrom},
	"apply": {
		do: deedOf("You applied a workaround to", (*Bot).applyWorkaround, cards.Applied), act: itsm.ActApply, rule: on(mayApply), read: fields(typed.Apply), with: "known_error",
		form: &form.Why{
			Callback: "incident.apply", Title: "Apply to", Submit: "Apply it",
			Fields: []form.Field{{Block: "known_error", Label: "Which known error?", Hint: "The number of its problem, such as PRB-7; `/problem known` finds some."}},
			Means:  "It is an incident of that problem then, and the known error is counted.",
		},
	},
	"duplicate": {
		do: deedOf("You ended as a duplicate", (*Bot).endAsDuplicate, nil), act: itsm.ActDuplicate, rule: on(mayEndAsDuplicate), read: fields(typed.Duplicate),
		form: &form.Why{
			Callback: "incident.duplicate", Title: "Duplicate", Block: "note", Label: "What should its reporter know?", Submit: "End it", Optional: true,
			Fields: []form.Field{{Block: "of", Label: "Of which incident?", Hint: "A number such as INC-40."}},
			Means:  "It ends here; the other goes on.",
		},
	},
	"parent": {
		do: deedOf("You said what it belongs to:", (*Bot).setParent, cards.Belongs), act: itsm.ActParent, rule: on(mayBelong), read: fields(typed.Parent),
		form: &form.Why{
			Callback: "incident.parent", Title: "Parent of", Block: "note", Label: "Why?", Submit: "Set", Optional: true, Some: true,
			Fields: []form.Field{{Block: "parent", Label: "To which incident does it belong?", Hint: "A number such as INC-40; nothing for none.", Optional: true}},
			Means:  "It shares the other's progress and its resolution, never its closure.",
		},
	},
	"cancel": {
		do: deedOf("You cancelled", (*Bot).cancelIncident, nil), act: itsm.ActIncidentCancel, rule: on(mayDrop),
		form: &form.Why{Callback: "incident.cancel", Title: "Cancel", Block: "note", Label: "Why is it no incident?", Submit: "Cancel it"},
	},
}

// relatable are the relations that have no act of their own.
var relatable = []itsm.RelationKind{itsm.CausedBy, itsm.FixedBy, itsm.Follows, itsm.Related}

// options puts words to values, in their order.
func options[T ~string](values []T, words ...string) []form.Option {
	out := make([]form.Option, len(values))
	for n, v := range values {
		out[n] = form.Option{Value: string(v), Words: words[n]}
	}
	return out
}

// fields reads what was typed into the fields of the verb's form.
func fields(take func(string) (typed.Fields, string)) reader {
	return func(_ *Bot, _ context.Context, _ desk.Caller, w *wish, rest string) error {
		w.said, w.note = take(rest)
		return nil
	}
}

// givenOf is what a form about an incident knows already: what was typed, what its
// priority is made of, which teams there are, and what was changed lately.
func (b *Bot) givenOf(ctx context.Context, who desk.Caller, s subject, v verb, w wish) (form.Given, error) {
	i, _ := s.(*itsm.Incident)
	g := form.Given{Headline: cards.IncidentHeadline(i), Said: map[string]string{v.form.Block: w.note}}
	switch v.act { //nolint:exhaustive // those whose forms know more than what was typed
	case itsm.ActReprioritise:
		g.Said["impact"], g.Said["urgency"] = string(i.Impact), string(i.Urgency)
		if i.Override != nil {
			g.Said["override"] = string(i.Override.Priority)
		}
	case itsm.ActParent:
		g.Said["parent"] = string(i.Parent)
	case itsm.ActRelate:
		lately, err := b.desk.IncidentSuggestions(ctx, who, i.Number)
		if err == nil && len(lately) > 0 { // else they have to know it themselves
			g.Notes = cards.Lately(lately)
		}
	case itsm.ActEscalate:
		g.Said["to"] = string(itsm.EscalateNext)
	}
	maps.Copy(g.Said, w.said)
	return b.withTeams(ctx, who, g, v, i.Team)
}

// withTeams adds the teams that there are, where the form of a verb asks for one.
func (b *Bot) withTeams(ctx context.Context, who desk.Caller, g form.Given, v verb, with itsm.TeamID) (form.Given, error) {
	if !v.form.AsksForTeams() {
		return g, nil
	}
	services, err := b.desk.Services(ctx, who)
	g.Teams = teamsOf(services, with)
	return g, err
}

// teamsOf are the teams that have a service which somebody sees, and the one that an
// incident is with.
func teamsOf(services []itsm.Service, with itsm.TeamID) []itsm.TeamID {
	teams := []itsm.TeamID{with}
	for _, s := range services {
		teams = append(teams, s.Team)
	}
	slices.Sort(teams)
	return slices.DeleteFunc(slices.Compact(teams), func(t itsm.TeamID) bool { return t == "" })
}

// The rules that are asked before somebody fills in a form for nothing.
func mayHandOver(i *itsm.Incident, who itsm.Actor, _ cards.Claim) error {
	return i.CheckAssign(who, itsm.Assignment{Assignee: "anybody"})
}

func mayEscalate(i *itsm.Incident, who itsm.Actor, _ cards.Claim) error {
	return i.CheckEscalate(who, itsm.EscalateRequest{To: itsm.EscalateManager, Note: "why"})
}

func mayPutOnHold(i *itsm.Incident, who itsm.Actor, _ cards.Claim) error {
	return i.CheckHold(who, itsm.HoldRequest{Reason: itsm.AwaitingVendor, Note: "why"})
}

func mayTell(i *itsm.Incident, who itsm.Actor, _ cards.Claim) error {
	return i.CheckComment(who, itsm.CommentRequest{Text: "how", Update: true}, itsm.Talk{})
}

func mayRemark(i *itsm.Incident, who itsm.Actor, _ cards.Claim) error {
	return i.CheckComment(who, itsm.CommentRequest{Text: "what"}, itsm.Talk{})
}

func mayResolve(i *itsm.Incident, who itsm.Actor, _ cards.Claim) error {
	return i.CheckResolve(who, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "how"})
}

func mayReopen(i *itsm.Incident, who itsm.Actor, _ cards.Claim) error {
	return i.CheckReopen(who, itsm.NoteRequest{Note: "why"})
}

func mayWeigh(i *itsm.Incident, who itsm.Actor, _ cards.Claim) error {
	other := itsm.P1
	if i.Override != nil && i.Override.Priority == other {
		other = itsm.P2
	}
	return i.CheckReprioritise(who, itsm.Reprioritisation{Override: other, Note: "why"})
}

// anotherIncident is none that there is.
const anotherIncident = "INC-9999999999"

func mayRelate(i *itsm.Incident, who itsm.Actor, _ cards.Claim) error {
	return i.CheckRelate(who, itsm.RelateRequest{Kind: itsm.Related, To: anotherIncident})
}

func mayApply(i *itsm.Incident, who itsm.Actor, _ cards.Claim) error {
	return i.CheckApply(who, itsm.ApplyRequest{KnownError: anotherProblem})
}

func mayEndAsDuplicate(i *itsm.Incident, who itsm.Actor, _ cards.Claim) error {
	return i.CheckDuplicate(who, itsm.DuplicateRequest{Of: anotherIncident})
}

func mayBelong(i *itsm.Incident, who itsm.Actor, _ cards.Claim) error {
	return i.CheckParent(who, itsm.ParentRequest{Parent: anotherIncident})
}

func mayDrop(i *itsm.Incident, who itsm.Actor, _ cards.Claim) error {
	return i.CheckCancel(who, itsm.Cancellation{Note: "why"})
}
