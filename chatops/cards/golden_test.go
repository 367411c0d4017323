package cards

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

var update = flag.Bool("update", false, "write the golden files anew")

// links are those of a deployment that has a start page and a Temporal UI.
func links(n itsm.Number) (record, workflow string) {
	return "https://steward.example/v1/changes/" + string(n), "https://temporal.example/workflows/" + string(n)
}

var everybody = []itsm.Person{
	{ID: "ana", Name: "Ana Lima", Slack: "U0ANA", Roles: []itsm.Role{itsm.Requester}},
	{ID: "bob", Name: "Bob <b> & Co", Slack: "U0BOB", Roles: []itsm.Role{itsm.Approver}},
	{ID: "eve", Name: "Eve Adams", Slack: "U0EVE", Roles: []itsm.Role{itsm.Approver}},
	{ID: "ida", Name: "Ida Noor", Slack: "U0IDA", Roles: []itsm.Role{itsm.Implementer}},
	{ID: "nul", Name: "No Slack", Roles: []itsm.Role{itsm.Requester}},
}

var people = byID(everybody)

func byID(all []itsm.Person) map[itsm.PersonID]itsm.Person {
	out := make(map[itsm.PersonID]itsm.Person, len(all))
	for _, p := range all {
		out[p.ID] = p
	}
	return out
}

var services = []itsm.Service{
	{ID: "payments", Name: "Payments", Channel: "C0PAY", Owner: "ana"}, {ID: "web", Name: "Web & <shop>", Channel: "C0WEB", Owner: "ana"},
}

// story is a change in each state of its life.
func story(state itsm.ChangeState) (itsm.Change, itsm.Event) {
	at := func(minutes int) time.Time { return time.Date(2026, 3, 2, 10, minutes, 0, 0, time.UTC) }
	remind, expire, closed := at(30), at(59), at(45)
	c := itsm.Change{
		ChangeDraft: itsm.ChangeDraft{
			Type: itsm.Normal, Title: "Rotate <!channel> *keys* :tada:", Description: "They expire.", Service: "payments",
			Plan: "1. Make new keys\n2. Switch", BackoutPlan: "Switch back.", Window: &itsm.Window{Start: at(40), End: at(50)},
		},
		Number: "CHG-42", Requester: "ana", State: state, ContentHash: "c0ffee", Approvers: []itsm.PersonID{"bob", "eve"},
		RaisedAt: at(0), Since: at(20), ExpireAt: &expire, RemindAt: &remind,
	}
	if state != itsm.ChangeRaised && state != itsm.ChangeAssessing {
		c.Approval.Round, c.State = 1, itsm.ChangeAwaiting
		c.OpenStage(itsm.OfOne([]itsm.PersonID{"bob", "eve"}, at(5), &remind, &expire))
		c.State = state
	}
	e := itsm.Event{Number: "CHG-42", At: at(20), Actor: "bob", To: itsm.State(state)}
	decide := func(v itsm.Verdict, note string) {
		c.Decisions = []itsm.Decision{{By: "bob", Verdict: v, Note: note, Round: 1, Stage: 1, At: at(20)}}
		e.Decision = &c.Decisions[0]
	}
	switch state {
	case itsm.ChangeAwaiting:
		e.Kind, e.Actor = itsm.EventOpened, itsm.System
	case itsm.ChangeApproved:
		e.Kind = itsm.EventApproved
		decide(itsm.Approve, "Fine & safe")
	case itsm.ChangeScheduled:
		decide(itsm.Approve, "")
		e.Kind = itsm.EventApproved
	case itsm.ChangeRejected:
		e.Kind, c.ClosedAt = itsm.EventRejected, &closed
		decide(itsm.Reject, "No back-out <plan>")
	case itsm.ChangeExpired:
		e.Kind, e.Actor, c.ClosedAt = itsm.EventExpired, itsm.System, &closed
	case itsm.ChangeImplementing:
		decide(itsm.Approve, "")
		e.Kind, e.Actor, e.Decision, c.Implementer = itsm.EventStarted, "ida", nil, "ida"
	case itsm.ChangeClosed:
		decide(itsm.Approve, "")
		e.Kind, e.Actor, e.Decision, e.Note = itsm.EventCompleted, "ida", nil, "The disk was full"
		c.Implementer, c.Outcome, c.ClosedAt = "ida", itsm.Failed, &closed
	case itsm.ChangeCancelled:
		e.Kind, e.Actor, e.Note, c.ClosedAt = itsm.EventCancelled, "ana", "Not needed", &closed
	case itsm.ChangeRaised:
		e.Kind, e.Actor = itsm.EventRaised, "ana"
	case itsm.ChangeAssessing:
		e.Kind, e.Actor = itsm.EventAssessing, itsm.System
	}
	return c, e
}

func tellOf(kind itsm.NoticeKind, to itsm.PersonID, state itsm.ChangeState) itsm.Notice {
	c, e := story(state)
	explained := c.Explain() // its wording is not ours, and may change
	explained.Summary = "Where it stands & <why>."
	for i := range explained.Forecast {
		explained.Forecast[i].What = "This happens by itself."
	}
	return itsm.Notice{
		Key: "CHG-42/" + string(kind), Kind: kind, To: to, Change: c, Explanation: explained, Event: e,
		Service: itsm.Service{ID: "payments", Name: "Payments <& co>", Channel: "C0PAY"}, People: people,
	}
}

func TestMessagesAreAsTheyWere(t *testing.T) {
	for _, state := range itsm.ChangeStates {
		for _, to := range []struct {
			kind itsm.NoticeKind
			id   itsm.PersonID
		}{{itsm.NoticeCard, ""}, {itsm.NoticeAsk, "bob"}, {itsm.NoticeRemind, "eve"}, {itsm.NoticeTell, "ana"}} {
			m := Notice(tellOf(to.kind, to.id, state), links)
			requireLegal(t, m)
			golden(t, string(to.kind)+"_"+string(state), map[string]any{"text": m.Text, "blocks": m.Blocks})
		}
		n := tellOf(Show, "ana", state)
		m := Details(n, []itsm.Event{{Kind: itsm.EventRaised, Actor: "ana", At: n.Change.RaisedAt}, n.Event}, links)
		requireLegal(t, m)
		golden(t, "show_"+string(state), map[string]any{"text": m.Text, "blocks": m.Blocks})
	}
}

func TestAnswersAreAsTheyWere(t *testing.T) {
	var changes []itsm.Notice
	for _, state := range itsm.ChangeStates {
		c, _ := story(state)
		c.Number = itsm.ChangeNumber(int64(len(changes) + 1))
		changes = append(changes, itsm.Notice{Change: c, Explanation: c.Explain(), Service: itsm.Service{ID: c.Service}, People: people})
	}
	for _, which := range []List{ListOpen, ListMine} {
		golden(t, "list_"+string(which), Listed(which, changes).Blocks)
	}
	golden(t, "list_empty", Listed(ListWaiting, nil).Blocks)
	golden(t, "help", Help().Blocks)
	for what, m := range map[string]Message{"services": Services(services, people), "people": People(everybody)} {
		requireLegal(t, m)
		golden(t, "lookup_"+what, m.Blocks)
	}
	golden(t, "unknown_command", Unknown(itsm.Refuse(itsm.Invalid, "slack.command", "x"), "/change", "/change aprove <b>", "/change approve").Blocks)
	for _, k := range itsm.Kinds {
		golden(t, "refusal_"+string(k), Refusal(itsm.Refuse(k, "some.code", "A sentence.")).Blocks)
	}
}

// TestADecidedChangeCannotBeDecidedAgain: every copy loses its buttons. Whoever is
// told what came of it is asked for nothing.
func TestADecidedChangeCannotBeDecidedAgain(t *testing.T) {
	for _, state := range itsm.ChangeStates {
		for _, kind := range []itsm.NoticeKind{itsm.NoticeCard, itsm.NoticeAsk, itsm.NoticeRemind, itsm.NoticeTell} {
			raw, err := json.Marshal(Notice(tellOf(kind, "bob", state), links).Blocks)
			require.NoError(t, err)
			if state == itsm.ChangeAwaiting && kind != itsm.NoticeTell {
				require.Contains(t, string(raw), "change.approve:CHG-42", "%s %s", kind, state)
				require.Contains(t, string(raw), `\"content_hash\":\"c0ffee\"`)
			} else {
				require.NotContains(t, string(raw), "change.approve", "%s %s", kind, state)
			}
		}
	}
}

// TestActionIDsAreUniqueInAMessage: two elements of one id are pressed as one.
func TestActionIDsAreUniqueInAMessage(t *testing.T) {
	for _, state := range itsm.ChangeStates {
		require.NotEmpty(t, actionIDs(t, Notice(tellOf(itsm.NoticeCard, "", state), links).Blocks))
	}
}

// actionIDs are those of all that can be pressed.
func actionIDs(t *testing.T, blocks []slack.Block) (ids []string) {
	t.Helper()
	for _, block := range blocks {
		a, ok := block.(*slack.ActionBlock)
		if !ok {
			continue
		}
		for _, e := range a.Elements.ElementSet {
			id := ""
			switch e := e.(type) {
			case *slack.ButtonBlockElement:
				id = e.ActionID
			case *slack.OverflowBlockElement:
				id = e.ActionID
			}
			require.NotEmpty(t, id)
			require.NotContains(t, ids, id)
			ids = append(ids, id)
		}
	}
	return ids
}

func golden(t *testing.T, name string, v any) {
	t.Helper()
	raw, err := json.MarshalIndent(v, "", "  ")
	require.NoError(t, err)
	path := filepath.Join("testdata", name+".json")
	if *update {
		require.NoError(t, os.WriteFile(path, append(raw, '\n'), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "go test ./chatops/cards -update writes it")
	require.Equal(t, string(want), string(raw)+"\n", name)
}
