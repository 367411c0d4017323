package cards

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/itsm"
)

// crowd gives each test a notice of its own, of the one crowded change.
func crowd() itsm.Notice {
	n := crowded()
	said := *n.Comment
	n.Comment = &said
	return n
}

// crowded is a change on which ten factors of a hundred people each decide, with every
// text as long as it may be: the first votes are in, each given for somebody else.
var crowded = sync.OnceValue(func() itsm.Notice {
	at := time.Unix(1_700_000_000, 0).UTC()
	long, note := strings.Repeat("<&>ä\n", itsm.MaxText/5), strings.Repeat("<", itsm.MaxNote)
	people := make(map[itsm.PersonID]itsm.Person)
	o := itsm.Opening{Round: 9, Stage: 9, Of: itsm.MaxStages, Name: strings.Repeat("&", 60), At: at, ExpireAt: at.Add(time.Hour), RemindAt: &at, BackupAt: &at}
	c := itsm.Change{
		ChangeDraft: itsm.ChangeDraft{
			Title: strings.Repeat("&", itsm.MaxTitle), Description: long, Plan: long, BackoutPlan: long, TestPlan: long, Justification: long, Service: "s",
			Assessment: &itsm.Assessment{Risk: note, Benefit: note, Feasibility: note, Cost: note}, Window: &itsm.Window{Start: at, End: at},
		},
		Number: "CHG-9999999999", Requester: "requester", Assignee: "p0-0", State: itsm.ChangeAwaiting, Since: at, ContentHash: strings.Repeat("f", 64),
		RiskScore: itsm.RiskScore{Tier: itsm.RiskHigh, Score: 25},
	}
	for range 100 {
		c.RiskScore.Reasons = append(c.RiskScore.Reasons, strings.Repeat("<", 200))
	}
	for f := range itsm.MaxFactors {
		p := itsm.Panel{Name: strings.Repeat("<", 60), Need: 50, Veto: f%2 == 0, Who: itsm.Group{Team: "t"}}
		for i := range itsm.MaxNamed {
			id := itsm.PersonID(fmt.Sprintf("p%d-%d", f, i))
			people[id] = itsm.Person{ID: id, Name: strings.Repeat("&", 200), Slack: "U1"}
			p.Named = append(p.Named, id)
			if i >= 30 {
				p.Mandatory = append(p.Mandatory, id)
			}
			if i < 40 {
				o.Deputies = append(o.Deputies, itsm.Delegation{From: id, To: itsm.PersonID(fmt.Sprintf("d%d-%d", f, i))})
			}
			if verdict := []itsm.Verdict{itsm.Approve, itsm.Abstain}[i%2]; i < 30 {
				c.Decisions = append(c.Decisions, itsm.Decision{By: "d" + id[1:], For: id, Verdict: verdict, Note: note, Round: 9, Stage: 9, At: at})
			}
		}
		o.Panels = append(o.Panels, p)
	}
	c.Decisions = append(c.Decisions, itsm.Decision{By: "earlier", Verdict: itsm.Approve, Note: note, Round: 9, Stage: 1, At: at})
	c.Approval = itsm.Approval{Round: 9}
	c.OpenStage(o)
	e := itsm.Event{Kind: itsm.EventEdited, Actor: "requester", Note: note, At: at, Detail: &itsm.Detail{Voided: c.Decisions}}
	for _, field := range []string{"title", "description", "plan", "backout_plan", "window", "justification", "test_plan", "backout_minutes", "configuration_items", "links", "risk", "assessment"} {
		e.Detail.Edits = append(e.Detail.Edits, itsm.Difference{Field: field, Before: strings.Repeat("<", 400), After: strings.Repeat("&", 400)})
	}
	return itsm.Notice{
		Key: "CHG-9999999999/ask/9.9/" + strings.Repeat("x", 32), To: "p1-1", Change: c, Explanation: c.Explain(), Event: e, Service: itsm.Service{ID: "s", Name: "S"}, People: people,
		Comment: &itsm.Comment{ID: 200, Number: c.Number, Kind: itsm.Question, By: "p0-0", Text: note, At: at},
	}
})

func TestACrowdFits(t *testing.T) {
	for _, kind := range []itsm.NoticeKind{itsm.NoticeCard, itsm.NoticeAsk, itsm.NoticeRemind, itsm.NoticeTell, itsm.NoticeComment, itsm.NoticeQuestion} {
		for _, said := range []bool{true, false} {
			n := crowd()
			if n.Kind = kind; !said && (kind == itsm.NoticeTell || kind == itsm.NoticeCard) {
				n.Comment = nil
			}
			m := Notice(n, links)
			requireLegal(t, m)
			actionIDs(t, m.Blocks)
		}
	}
	n := crowd()
	require.Contains(t, words(Notice(func() itsm.Notice { n.Kind, n.Comment = itsm.NoticeCard, nil; return n }(), links)), "stage 9 of 10")
	for _, kind := range []itsm.NoticeKind{Show, Status} {
		n.Kind = kind
		requireLegal(t, Standing(n, links))
		requireLegal(t, Details(n, make([]itsm.Event, 100), links))
	}
}

func TestACrowdedPageFits(t *testing.T) {
	var many []itsm.Notice
	for i := range 30 {
		n := crowd()
		n.Change.Number = itsm.ChangeNumber(int64(1e9 + i))
		n.Comment.Number = n.Change.Number
		many = append(many, n)
	}
	mine := Mine{Waiting: append(entriesOf(manyIncidents(30)...), entriesOf(many[:4]...)...), Questions: many, Raised: many}
	requireLegal(t, My(mine))
	require.LessOrEqual(t, len(My(mine).Blocks), maxMessageBlocks)
	require.NotContains(t, words(My(mine)), "There is more than fits here.", "nothing is cut off behind the rest")
	mine.Raised = many[15:]
	home := Home(mine)
	require.LessOrEqual(t, len(home.Blocks.BlockSet), 100)
	raw, err := json.Marshal(home)
	require.NoError(t, err)
	var view map[string]any
	require.NoError(t, json.Unmarshal(raw, &view))
	_, reasons := blockkit.JudgeView(view)
	require.Empty(t, reasons)
	actionIDs(t, home.Blocks.BlockSet)
}
