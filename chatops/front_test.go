package chatops

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestWhatWaitsIsOneList: of all kinds, what is due first first, each with its buttons,
// which do what they do anywhere.
func TestWhatWaitsIsOneList(t *testing.T) {
	o := stood(t, accepted)
	o.outage()
	i := o.desk.incidents["INC-1"]
	i.Assignee = "pat"
	soon := o.clock.now().Add(1)
	for n := range i.Clocks {
		i.Clocks[n].DueAt = &soon
	}
	said := o.typed("U0PAT", "/itsm", "my")
	require.Contains(t, said, "What waits for you")
	require.Less(t, strings.Index(said, "INC-1"), strings.Index(said, "PRB-1"), "%s", said)
	v := o.home("U0PAT")
	require.Contains(t, v.Text(), "What waits for you")
	require.Contains(t, v.Text(), "PRB-1")
	_, err := o.PressIn(context.Background(), "U0PAT", v, "Root cause…", nil)
	require.NoError(t, err)

	o.desk.set("Waiting", down, false)
	require.Contains(t, o.typed("U0PAT", "/itsm", "my"), "No answer yet")
	o.desk.set("Waiting", nil, false)
	o.desk.set("Problem", itsm.NoSuchRecord("PRB-1"), false)
	require.Contains(t, o.typed("U0PAT", "/itsm", "my"), "PRB-1", "what it is can be said without what can be done")
	o.desk.set("Problem", down, false)
	require.Contains(t, o.typed("U0PAT", "/itsm", "my"), "No answer yet")
}

func TestAnythingByItsNumber(t *testing.T) {
	o := stood(t, accepted)
	o.outage()
	o.desk.incidents["INC-1"].Relations = []itsm.Relation{{From: "INC-1", Kind: itsm.CausedBy, To: "PRB-1"}}
	for text, want := range map[string]string{
		"timeline INC-1":  "What happened to INC-1",
		"timeline prb-1":  "What happened to PRB-1",
		"timeline CHG-1":  "What happened to CHG-1",
		"graph inc-1":     "caused by",
		"graph INC-1 3":   "PRB-1",
		"graph PRB-1":     "Nothing is linked with it that you can see.",
		"graph INC-1 4":   "(graph.depth)",
		"graph INC-1 0":   "graph.depth",
		"graph INC-1 far": "graph.depth",
		"graph INC-99":    "There is no INC-99 that you can see.",
		"graph 1":         "1 may be a change, an incident, a problem, a corrective action, a supplier or a contract; write CHG-1, INC-1, PRB-1, CAR-1, SUP-1 or CON-1.",
		"graph":           "record.number",
		"timeline":        "record.number",
		"link":            "Steward knows you as *Pat",
		"link nothing":    "record.number",
		"grpah INC-1":     "Did you mean `/itsm graph`?",
	} {
		require.Contains(t, o.typed("U0PAT", "/itsm", text), strings.Trim(want, "()"), text)
	}
	require.Contains(t, o.typed("U0PAT", "/itsm", "link INC-1 related to PRB-1"), "INC-1")
	o.desk.set("Graph", down, false)
	require.Contains(t, o.typed("U0PAT", "/itsm", "graph INC-1"), "No answer yet")
	require.Contains(t, o.typed("U0PAT", "/change", "timeline 1"), "What happened to CHG-1")
}

func TestRecordsAreListedAndFound(t *testing.T) {
	o := stood(t, accepted)
	o.outage()
	o.desk.incidents["INC-1"].Title = "Disk <full> & *dark*"
	for _, tt := range []struct{ text, want, lacks string }{
		{"list", "Open records", "There is none"},
		{"list incidents", "Open incidents", "PRB-1"},
		{"list problems open", "Open problems", "INC-1"},
		{"list mine", "Open records that you raised", ""},
		{"list assigned problem", "Open problems that you have in hand", "INC-1"},
		{"list late", "Open records that are late", ""},
		{"list week", "Open records of the next seven days", ""},
		{"list all", "All records", "There is none"},
		{"list investigating", "All investigating records", "INC-1"},
		{"list evrything", "Steward does not know", "INC-1"},
		{"list incidnets", "Did you mean `/itsm list incidents`?", "INC-1"},
		{"search disk &lt;full&gt;", "What fits disk <full>", "PRB-1"},
		{"search inc-1", "Disk <full> & *dark*", "PRB-1"},
		{"search zzz", "There is none.", "INC-1"},
		{"search x", "needs 2 characters or more", "INC-1"},
		{"search", "search.invalid", "INC-1"},
		{"serach disk", "Did you mean `/itsm search`?", "INC-1"},
	} {
		said := o.typed("U0PAT", "/itsm", tt.text)
		require.Contains(t, said, tt.want, tt.text)
		if tt.lacks != "" {
			require.NotContains(t, said, tt.lacks, tt.text)
		}
	}
	o.typed("U0PAT", "/itsm", "search disk")
	o.pressLast("U0PAT", "Details")
	require.Contains(t, o.whispered("U0PAT"), "What happened")
	for n := range 30 {
		p := *o.desk.problems["PRB-1"]
		p.Number, p.Title = itsm.ProblemNumber(int64(n+1)), strings.Repeat("&", itsm.MaxTitle)
		o.desk.problems[p.Number] = &p
	}
	require.Contains(t, o.typed("U0PAT", "/itsm", "list"), "There are more.")
	require.Contains(t, o.typed("U0PAT", "/itsm", "search PRB"), "There are more.")
	for _, method := range []string{"Records", "Search"} {
		o.desk.set(method, down, false)
	}
	require.Contains(t, o.typed("U0PAT", "/itsm", "list"), "No answer yet")
	require.Contains(t, o.typed("U0PAT", "/itsm", "search disk"), "No answer yet")
}
