package cards

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func goldenMessage(t *testing.T, name string, m Message) {
	t.Helper()
	requireLegal(t, m)
	actionIDs(t, m.Blocks)
	golden(t, name, map[string]any{"text": m.Text, "blocks": m.Blocks})
}

func TestIncidentsAreShownAsTheyWere(t *testing.T) {
	for _, state := range itsm.IncidentStates {
		o := inState(t, state)
		if state != itsm.IncidentNew {
			goldenMessage(t, "incident_card_"+string(state), Notice(o.notice(itsm.NoticeCard, "C0INC"), links))
		}
		a := Around{Timeline: o.timeline, Said: o.said, Relations: o.i.Relations}
		goldenMessage(t, "incident_show_"+string(state), IncidentDetails(o.shown(Show, "pat"), a, links))
		goldenMessage(t, "incident_status_"+string(state), IncidentStanding(o.shown(Status, "ana"), nil))
	}
}

// tale is one message of one story.
type tale struct {
	name string
	of   func(*testing.T) *outage
	kind itsm.NoticeKind
	to   string
}

func TestWhoIsCalledReadsWhy(t *testing.T) {
	page := itsm.NoticePage
	for _, tt := range []tale{
		{"raised", func(t *testing.T) *outage { return broken(t) }, page, "pat"},
		{"next_level", func(t *testing.T) *outage { return broken(t).falls(itsm.EventEscalated) }, page, "rio"},
		{"channel", func(t *testing.T) *outage { return broken(t).falls(itsm.EventEscalated) }, page, "C0OPS"},
		{"asked", func(t *testing.T) *outage {
			return broken(t).ack("pat").escalate("pat", itsm.EscalateRequest{To: itsm.EscalateNext})
		}, page, "rio"},
		{"manager", func(t *testing.T) *outage {
			return broken(t).escalate("ana", itsm.EscalateRequest{To: itsm.EscalateManager})
		}, page, "own"},
		{"team", func(t *testing.T) *outage {
			return inState(t, itsm.IncidentInProgress).assign("pat", itsm.Assignment{Team: "dba"})
		}, page, "max"},
		{"reopened", func(t *testing.T) *outage { return inState(t, itsm.IncidentReopened) }, page, "pat"},
		{"stale", func(t *testing.T) *outage { return broken(t).ack("rio").falls(itsm.EventAckStale) }, page, "pat"},
		{"answered", func(t *testing.T) *outage { return broken(t).falls(itsm.EventEscalated).ack("rio") }, page, "pat"},
		{"over", func(t *testing.T) *outage { return inState(t, itsm.IncidentResolved) }, page, "pat"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			goldenMessage(t, "incident_page_"+tt.name, Notice(tt.of(t).notice(tt.kind, tt.to), links))
		})
	}
}

func TestTheReporterIsAsked(t *testing.T) {
	confirm := itsm.NoticeConfirm
	for _, tt := range []tale{
		{"resolved", func(t *testing.T) *outage { return inState(t, itsm.IncidentResolved) }, confirm, "ana"},
		{"reminded", func(t *testing.T) *outage { return inState(t, itsm.IncidentResolved).falls(itsm.EventConfirmReminded) }, confirm, "ana"},
		{"held", func(t *testing.T) *outage { return inState(t, itsm.IncidentOnHold) }, confirm, "ana"},
		{"held_reminded", func(t *testing.T) *outage { return inState(t, itsm.IncidentOnHold).falls(itsm.EventHoldReminded) }, confirm, "ana"},
		{"over", func(t *testing.T) *outage { return inState(t, itsm.IncidentClosed) }, confirm, "ana"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			goldenMessage(t, "incident_confirm_"+tt.name, Notice(tt.of(t).notice(tt.kind, tt.to), links))
		})
	}
}

func TestPeopleAreToldWhatHappened(t *testing.T) {
	tell := itsm.NoticeTell
	weighed := func(r itsm.Reprioritisation) func(*testing.T) *outage {
		return func(t *testing.T) *outage {
			t.Helper()
			o := broken(t).ack("pat")
			terms := o.catalog.Incident.IncidentTerms()
			return o.did("rio", o.i.CheckReprioritise(o.who("rio"), r), func() itsm.Event { return o.i.Reprioritise(o.who("rio"), r, terms, o.at) })
		}
	}
	parent := func(n itsm.Number) func(*outage) *outage {
		return func(o *outage) *outage {
			r := itsm.ParentRequest{Parent: n, Note: "One <cause>"}
			return o.did("rio", o.i.CheckParent(o.who("rio"), r), func() itsm.Event { return o.i.SetParent(o.who("rio"), r, o.at) })
		}
	}
	for _, tt := range []tale{
		{"assigned_assignee", func(t *testing.T) *outage { return inState(t, itsm.IncidentAssigned) }, tell, "rio"},
		{"assigned_reporter", func(t *testing.T) *outage { return inState(t, itsm.IncidentAssigned) }, tell, "ana"},
		{"assigned_team", func(t *testing.T) *outage {
			return broken(t).ack("pat").assign("pat", itsm.Assignment{Team: "dba", Note: "Yours"})
		}, tell, "max"},
		{"reprioritised", weighed(itsm.Reprioritisation{Impact: itsm.LowDegree}), tell, "pat"},
		{"overridden", weighed(itsm.Reprioritisation{Override: itsm.P1, Note: "The <boss> asks"}), tell, "pat"},
		{"weighed_alike", weighed(itsm.Reprioritisation{Impact: itsm.MediumDegree, Urgency: itsm.HighDegree}), tell, "pat"},
		{"parent", func(t *testing.T) *outage { return parent("INC-40")(broken(t).ack("pat")) }, tell, "pat"},
		{"no_parent", func(t *testing.T) *outage { return parent("")(parent("INC-40")(broken(t).ack("pat"))) }, tell, "pat"},
		{"followed", func(t *testing.T) *outage {
			o := parent("INC-40")(broken(t).assign("pat", itsm.Assignment{Assignee: "rio"}))
			over := itsm.Incident{Number: "INC-40", IncidentStanding: itsm.IncidentStanding{State: itsm.IncidentInProgress}}
			e, follows := o.i.Follow(&over, o.at)
			require.True(t, follows)
			o.record(e, itsm.System)
			return o
		}, tell, "rio"},
		{"resumed", func(t *testing.T) *outage {
			o := inState(t, itsm.IncidentOnHold).say("ana", itsm.CommentRequest{Text: "All of them."})
			e, answers := o.i.Answered("ana", o.at)
			require.True(t, answers)
			o.record(e, "ana")
			o.said = nil
			return o
		}, tell, "pat"},
		{"reopened", func(t *testing.T) *outage { return inState(t, itsm.IncidentReopened) }, tell, "pat"},
		{"cancelled", func(t *testing.T) *outage {
			o, r := broken(t).ack("pat"), itsm.Cancellation{Note: "No <bug>"}
			return o.did("ana", o.i.CheckCancel(o.who("ana"), r), func() itsm.Event { return o.i.Cancel(r, o.at) })
		}, tell, "pat"},
		{"duplicate", func(t *testing.T) *outage { return inState(t, itsm.IncidentDuplicate) }, tell, "ana"},
		{"closed", func(t *testing.T) *outage { return inState(t, itsm.IncidentClosed) }, tell, "pat"},
		{"unroutable", func(t *testing.T) *outage {
			o := broken(t)
			o.catalog.Escalations[0].Levels = []itsm.CallLevel{{Targets: []itsm.CallTarget{{Person: "nul"}}}}
			return o.falls(itsm.EventUnroutable)
		}, tell, "own"},
		{"unanswered", func(t *testing.T) *outage { return broken(t).falls(itsm.EventUnanswered) }, tell, "own"},
		{"stale", func(t *testing.T) *outage { return broken(t).ack("rio").falls(itsm.EventAckStale) }, tell, "rio"},
		{"warned", func(t *testing.T) *outage { return broken(t).ack("pat").falls(itsm.EventTargetWarned) }, tell, "pat"},
		{"missed", func(t *testing.T) *outage { return broken(t).ack("pat").falls(itsm.EventTargetMissed) }, tell, "ana"},
		{"overdue", func(t *testing.T) *outage { return broken(t).ack("pat").falls(itsm.EventTargetOverdue) }, tell, "own"},
		{"question", func(t *testing.T) *outage {
			return broken(t).say("pat", itsm.CommentRequest{Text: "Since <when>?", Question: true})
		}, tell, "ana"},
		{"answer", func(t *testing.T) *outage {
			return broken(t).say("pat", itsm.CommentRequest{Text: "Since when?", Question: true}).say("ana", itsm.CommentRequest{Text: "Since *noon*.", ReplyTo: 1})
		}, tell, "pat"},
		{"progress", func(t *testing.T) *outage {
			return broken(t).say("pat", itsm.CommentRequest{Text: "We look at <it>.", Update: true})
		}, tell, "ana"},
		{"remark", func(t *testing.T) *outage {
			return broken(t).ack("pat").say("ana", itsm.CommentRequest{Text: "It is <!here> urgent."})
		}, tell, "pat"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			goldenMessage(t, "incident_tell_"+tt.name, Notice(tt.of(t).notice(tt.kind, tt.to), links))
		})
	}
}

func TestWhatWasSaidStandsBelowTheCard(t *testing.T) {
	o := broken(t)
	for kind, r := range map[string]itsm.CommentRequest{
		"remark": {Text: "A <!channel> *word*"}, "question": {Text: "Why?", Question: true}, "progress": {Text: "Half done.", Update: true},
	} {
		o.said, o.talk = nil, itsm.Talk{}
		goldenMessage(t, "incident_thread_"+kind, Notice(o.say("pat", r).notice(itsm.NoticeComment, "C0INC"), links))
	}
	o.said, o.talk = nil, itsm.Talk{}
	o.say("pat", itsm.CommentRequest{Text: "Why?", Question: true}).say("ana", itsm.CommentRequest{Text: "So.", ReplyTo: 1})
	goldenMessage(t, "incident_thread_answer", Notice(o.notice(itsm.NoticeComment, "C0INC"), links))
}

func TestAnIncidentOfMonitoring(t *testing.T) {
	o := broken(t, func(d *itsm.IncidentDraft) {
		d.Alert = &itsm.Origin{Source: "prod", Key: "k", URL: "https://alerts.example/?q=<a>|b"}
		d.Message = ""
	})
	o.alerts = &itsm.AlertCount{Alerts: 3, Firing: 2, Count: 17}
	goldenMessage(t, "incident_card_alert", Notice(o.notice(itsm.NoticeCard, "C0INC"), links))
	require.NotContains(t, words(Notice(o.notice(itsm.NoticeCard, "C0INC"), links)), "|b", "nobody's address chooses its own words")
}

// TestEveryEventIsTold: a timeline says each event in words, and none breaks it when
// its detail is not there.
func TestEveryEventIsTold(t *testing.T) {
	o := broken(t)
	for _, e := range []itsm.EventKind{
		itsm.EventIncidentRaised, itsm.EventTriaged, itsm.EventEscalated, itsm.EventEscalationAsked, itsm.EventUnroutable, itsm.EventUnanswered,
		itsm.EventAcknowledged, itsm.EventAckStale, itsm.EventAssigned, itsm.EventReprioritised, itsm.EventIncidentHeld, itsm.EventHoldReminded,
		itsm.EventHoldEnded, itsm.EventIncidentResumed, itsm.EventIncidentLinked, itsm.EventIncidentParent, itsm.EventFollowed, itsm.EventTargetWarned,
		itsm.EventTargetMissed, itsm.EventTargetOverdue, itsm.EventDeadlinesSet, itsm.EventResolved, itsm.EventConfirmReminded, itsm.EventIncidentClosed,
		itsm.EventReopened, itsm.EventIncidentCancelled, itsm.EventIncidentDuplicate,
	} {
		for _, kind := range []itsm.NoticeKind{itsm.NoticeTell, itsm.NoticePage, itsm.NoticeConfirm} {
			n := o.shown(kind, "pat")
			n.Event = itsm.Event{Kind: e, Actor: "rio", Note: "<b>"}
			requireLegal(t, Notice(n, links))
		}
		requireLegal(t, Timeline(o.shown(Show, "pat"), []itsm.Event{{Kind: e, Actor: "rio"}, {Kind: itsm.EventTriaged}}, links))
	}
	r := itsm.RelateRequest{Kind: itsm.CausedBy, To: "CHG-7"}
	o.falls(itsm.EventEscalated).ack("rio")
	o.did("rio", o.i.CheckRelate(o.who("rio"), r), func() itsm.Event { return o.i.Relate(o.who("rio"), r, o.at) })
	o.escalate("rio", itsm.EscalateRequest{To: itsm.EscalateManager}).escalate("rio", itsm.EscalateRequest{To: itsm.EscalateTeam, Team: "dba"})
	o.assign("rio", itsm.Assignment{Assignee: "rio", Team: "platform"}).hold("rio", itsm.AwaitingVendor, "The vendor")
	o.falls(itsm.EventHoldEnded).resolve("rio").falls(itsm.EventIncidentClosed)
	goldenMessage(t, "incident_timeline", Timeline(o.shown(Show, "pat"), o.timeline, links))
}

// TestNobodyIsOfferedWhatTheyMayNot: on what one person gets, no button refuses them.
func TestNobodyIsOfferedWhatTheyMayNot(t *testing.T) {
	for _, state := range itsm.IncidentStates[1:] {
		o := inState(t, state)
		for _, n := range o.notices() {
			if n.To == "" || n.Comment != nil {
				continue
			}
			allowed := o.i.ActsFor(o.who(n.To), o.at)
			for _, id := range actionIDs(t, Notice(n, links).Blocks) {
				verb, _, _ := strings.Cut(strings.TrimPrefix(id, "incident."), ":")
				for _, c := range incidentChoices {
					if c.verb == verb {
						require.Contains(t, allowed, c.act, "%s: %s", n.Key, verb)
					}
				}
			}
		}
	}
}

// TestWhatIsOverAsksForNothing: a page that somebody answered has nothing to press.
func TestWhatIsOverAsksForNothing(t *testing.T) {
	for _, state := range itsm.IncidentStates[1:] {
		o := inState(t, state)
		page := Notice(o.notice(itsm.NoticePage, "pat"), links)
		waits := state == itsm.IncidentTriaged || state == itsm.IncidentReopened
		require.Equal(t, waits, strings.Contains(fmt.Sprint(actionIDs(t, page.Blocks)), "incident.ack:INC-42"), state)
	}
}

func TestClocksSayHowTheyStand(t *testing.T) {
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	later := at.Add(time.Hour)
	target := itsm.Length{Time: time.Minute}
	for want, c := range map[string]itsm.Clock{
		"⏱️ *Response* is being reckoned":                              {},
		"⏱️ *Response* by <!date":                                      {DueAt: &at},
		"🔴 *Response* missed <!date":                                   {DueAt: &at, MissedAt: &at},
		"in time, <!date":                                              {DueAt: &later, StoppedAt: &at},
		"; whether in time is being reckoned":                          {StoppedAt: &at},
		", over <!date":                                                {DueAt: &at, MissedAt: &at, StoppedAt: &later},
		"⏸️ *Response* stands still while its reporter is awaited":     {Pauses: []itsm.Pause{{From: at}}},
		"UTC>; stands still while its reporter is awaited":             {Pauses: []itsm.Pause{{From: at}}, MissedAt: &at},
		"🔴 *Response, time 2* missed":                                  {DueAt: &at, MissedAt: &at, Cycle: 2},
		"🟢 *Response* in time, <!date^1772445600^{date_short_pretty} ": {DueAt: &at, StoppedAt: &at},
	} {
		c.Kind, c.Target = itsm.ResponseClock, target
		blocks := clockBlocks([]itsm.Clock{c}, true)
		require.Len(t, blocks, 1, want)
		section, ok := blocks[0].(*slack.SectionBlock)
		require.True(t, ok)
		require.Contains(t, section.Text.Text, want)
	}
	require.Empty(t, clockBlocks([]itsm.Clock{{Kind: itsm.ResponseClock}}, true), "none is agreed")
}

func TestListsOfIncidentsAreAsTheyWere(t *testing.T) {
	var all []itsm.Notice
	for n, state := range itsm.IncidentStates {
		o := inState(t, state)
		o.i.Number = itsm.IncidentNumber(int64(n + 1))
		all = append(all, o.shown("", "pat"))
	}
	for _, l := range IncidentLists {
		goldenMessage(t, "incident_list_"+string(l), ListedIncidents(l, all))
	}
	goldenMessage(t, "incident_list_none", ListedIncidents(ListWaiting, nil))
	held := inState(t, itsm.IncidentOnHold).shown("", "ana")
	golden(t, "incident_home", Home(Mine{Waiting: entriesOf(held)}))
	golden(t, "incident_help", IncidentHelp())
	golden(t, "help_all", HelpAll())
	requireLegal(t, IncidentHelp())
	requireLegal(t, HelpAll())
}

func TestWhoIsCalledNow(t *testing.T) {
	o, until := broken(t), time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
	crowd := make([]itsm.PersonID, 40)
	for n := range crowd {
		crowd[n] = itsm.PersonID(fmt.Sprintf("p%d", n))
	}
	duties := []Duty{
		{Service: o.catalog.Services[0], Policy: "Usual & quick", Repeat: 1, Handover: &until, Levels: []DutyLevel{
			{Level: 1, Within: itsm.Duration(5 * time.Minute), People: []itsm.PersonID{"pat"}, Until: &until},
			{Level: 2, Within: itsm.Duration(time.Hour), People: crowd, Channels: []string{"C0OPS"}, Problem: "The feed is <old>."},
			{Level: 3, Within: itsm.Duration(90 * time.Minute), Nobody: "rio is away & <ill>"},
			{Level: 4},
		}},
		{Service: itsm.Service{ID: "web", Name: "Web & <shop>"}},
	}
	goldenMessage(t, "oncall", OnCall(duties, byID(o.catalog.People), false))
	goldenMessage(t, "oncall_none", OnCall(nil, nil, false))
	var many []Duty
	for range 50 {
		many = append(many, duties[0])
	}
	m := OnCall(many, byID(o.catalog.People), true)
	requireLegal(t, m)
	require.Contains(t, words(m), "There are more services")
}

// manyIncidents are incidents in which all is as long as it may be.
func manyIncidents(most int) (all []itsm.Notice) {
	at := time.Unix(1_700_000_000, 0).UTC()
	long, note := strings.Repeat("<&>ä\n", itsm.MaxText/5), strings.Repeat("<", itsm.MaxNote)
	people := byID([]itsm.Person{{ID: "r", Name: strings.Repeat("&", 200), Roles: []itsm.Role{itsm.IncidentManager}}})
	call := itsm.Call{Level: 1, Trigger: itsm.TriggerAsked, Kind: itsm.Functional, At: at}
	for n := range 200 {
		id := itsm.PersonID(fmt.Sprintf("p%d", n))
		people[id], call.People, call.Channels = itsm.Person{ID: id, Name: strings.Repeat("<", 200)}, append(call.People, id), append(call.Channels, "C0123456789")
	}
	for n := range most {
		i := itsm.Incident{
			IncidentText: itsm.IncidentText{
				Title: strings.Repeat("&", itsm.MaxTitle), Description: long, Service: "s", Category: strings.Repeat("<", 64), Symptom: strings.Repeat("<", itsm.MaxTitle),
				Message: "https://x.example/" + strings.Repeat("&", 1900), Follows: "INC-9999999999", Alert: &itsm.Origin{URL: "https://x.example/" + strings.Repeat("|", 1900)},
			},
			Number: itsm.IncidentNumber(int64(1e9 + n)), Reporter: "r", Owner: "r", RaisedAt: at, IncidentStanding: itsm.IncidentStanding{
				State: itsm.IncidentInProgress, Impact: itsm.HighDegree, Urgency: itsm.HighDegree, Priority: itsm.P1, Team: itsm.TeamID(strings.Repeat("t", 64)),
				Override: &itsm.Override{Priority: itsm.P1, By: "r", Note: note}, Assignee: "p1", Parent: "INC-9999999998", Resolution: &itsm.Resolution{Code: itsm.ResolvedFixed, Note: note},
				Escalation: itsm.Escalation{Calls: []itsm.Call{call}, At: &at},
			},
		}
		for cycle := range itsm.MaxReopens {
			for _, k := range itsm.ClockKinds {
				c := itsm.Clock{Kind: k, Cycle: cycle + 1, Target: itsm.Length{Days: 1}, StartedAt: at, DueAt: &at, MissedAt: &at}
				for _, p := range itsm.ClockPercents {
					c.Marks = append(c.Marks, itsm.Mark{Percent: p, At: at})
				}
				i.Clocks = append(i.Clocks, c)
			}
		}
		for range itsm.MaxItems {
			i.Items = append(i.Items, strings.Repeat("<", 120))
		}
		all = append(all, itsm.Notice{
			Key: string(i.Number) + "/page/1/" + strings.Repeat("x", 64), Incident: &i, To: "r", Explanation: i.Explain(), Service: itsm.Service{ID: "s", Name: strings.Repeat("&", 200)}, People: people,
			Event:   itsm.Event{Kind: itsm.EventEscalated, Actor: "r", Note: note, At: at, Detail: &itsm.Detail{Call: &call}},
			Comment: &itsm.Comment{ID: 200, Number: i.Number, Kind: itsm.Question, By: "p1", Text: note, At: at}, Alerts: &itsm.AlertCount{Alerts: 1e9, Firing: 1e9, Count: 1e18},
		})
	}
	return all
}

func TestACrowdOfIncidentsFits(t *testing.T) {
	n := manyIncidents(1)[0]
	said := n.Comment
	for _, over := range []bool{false, true} {
		for _, kind := range []itsm.NoticeKind{itsm.NoticeCard, itsm.NoticePage, itsm.NoticeConfirm, itsm.NoticeComment, itsm.NoticeTell} {
			n.Kind, n.Over, n.Comment = kind, over, said
			m := Notice(n, links)
			requireLegal(t, m)
			actionIDs(t, m.Blocks)
			if n.Comment = nil; kind != itsm.NoticeComment {
				requireLegal(t, Notice(n, links))
			}
		}
	}
	a := Around{}
	for range 300 {
		a.Timeline = append(a.Timeline, n.Event)
		a.Said = append(a.Said, *said)
		a.Relations = append(a.Relations, itsm.Relation{From: n.Incident.Number, Kind: itsm.CausedBy, To: "CHG-9999999999"}, itsm.Relation{From: "INC-1", Kind: itsm.ChildOf, To: n.Incident.Number})
		a.Lately = append(a.Lately, itsm.Change{Number: "CHG-9999999999", ChangeDraft: itsm.ChangeDraft{Title: strings.Repeat("<", itsm.MaxTitle)}})
	}
	requireLegal(t, IncidentDetails(n, a, links))
	requireLegal(t, IncidentStanding(n, links))
	requireLegal(t, Timeline(n, a.Timeline, links))
	for _, l := range IncidentLists {
		requireLegal(t, ListedIncidents(l, manyIncidents(60)))
	}
}
