package itsm

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func soundAssessment() Assessment {
	a := Assessment{
		Risk: "A stale cache.\nUnlikely.", Benefit: "Faster pages.", Feasibility: "Done twice on staging.", Cost: "An hour of Ida's.",
	}
	for _, s := range a.Effects.Sections() {
		*s.Effect = Effect{NotApplicable: "Nothing of its " + s.Words + " is touched."}
	}
	a.Effects.Capacity = Effect{Text: "Frees a tenth of the memory."}
	return a
}

func TestASoundAssessmentIsTaken(t *testing.T) {
	a := soundAssessment()
	require.NoError(t, a.Check())
	require.Empty(t, a.faults("/assessment"))
}

// A door that fills in the sections by name writes the JSON of the contract.
func TestTheSectionsAreTheFieldsOfTheEffects(t *testing.T) {
	var e Effects
	var names []string
	for _, s := range e.Sections() {
		s.Effect.Text = s.Words
		names = append(names, s.Name)
	}
	text, err := json.Marshal(e)
	require.NoError(t, err)
	var fields map[string]Effect
	require.NoError(t, json.Unmarshal(text, &fields))
	require.Len(t, fields, len(names))
	for _, s := range e.Sections() {
		require.Equal(t, Effect{Text: s.Words}, fields[s.Name], s.Name)
	}
	require.Equal(t, []string{"services", "customers", "plans", "capacity", "availability", "continuity", "security", "other_changes"}, names)
}

func TestAnEmptyAssessmentNamesEverythingThatIsMissing(t *testing.T) {
	err := AsError((&Assessment{}).Check())
	require.Equal(t, Invalid, err.Kind)
	require.Equal(t, "assessment.invalid", err.Code)
	var pointers []string
	for _, f := range err.Fields {
		require.True(t, strings.HasPrefix(f.Message, "is needed: say "), f.Message)
		pointers = append(pointers, f.Pointer)
	}
	require.Equal(t, []string{
		"/risk", "/benefit", "/feasibility", "/cost",
		"/effects/services", "/effects/customers", "/effects/plans",
		"/effects/capacity", "/effects/availability", "/effects/continuity",
		"/effects/security", "/effects/other_changes",
	}, pointers)
}

func TestNoAssessmentAtAll(t *testing.T) {
	var none *Assessment
	require.Equal(t, []Field{{"/assessment", "is needed"}}, AsError(none.Check()).Fields)
	require.Empty(t, none.faults("/assessment"), "a draft may wait for its assessment")
	require.Empty(t, none.fields())
}

func TestAssessmentFaults(t *testing.T) {
	const security = "/effects/security"
	long := strings.Repeat("é", MaxAssessment+1)
	for _, row := range []struct {
		name  string
		spoil func(*Assessment)
		field Field
	}{
		{"no benefit", func(a *Assessment) { a.Benefit = "\n " }, Field{"/benefit", "is needed: say what is gained, and for whom"}},
		{"a long cost", func(a *Assessment) { a.Cost = long }, Field{"/cost", "has 2001 characters; 2000 is the most"}},
		{"a direction mark", func(a *Assessment) { a.Risk = "none\u202e" }, Field{"/risk", "has a control character; remove it"}},
		{"no UTF-8", func(a *Assessment) { a.Feasibility = "\xff" }, Field{"/feasibility", "is not valid UTF-8"}},
		{"an effect left out", func(a *Assessment) { a.Effects.Security = Effect{} }, Field{security, "is needed: say what it does to security, or why that is not applicable"}},
		{"an effect of blanks", func(a *Assessment) { a.Effects.Security = Effect{" ", "\t"} }, Field{security, "is needed: say what it does to security, or why that is not applicable"}},
		{"both answers", func(a *Assessment) { a.Effects.Security = Effect{"Closes a port.", "No ports."} }, Field{security, "is both described and called not applicable; keep one of the two"}},
		{"a reason that is none", func(a *Assessment) { a.Effects.Security = Effect{NotApplicable: " N/A. "} }, Field{security + "/not_applicable", "is no reason: say why it does nothing to security"}},
		{"a dash for a reason", func(a *Assessment) { a.Effects.Security = Effect{NotApplicable: "–"} }, Field{security + "/not_applicable", "is no reason: say why it does nothing to security"}},
		{"a long effect", func(a *Assessment) { a.Effects.Security = Effect{Text: long} }, Field{security + "/text", "has 2001 characters; 2000 is the most"}},
		{"a long reason", func(a *Assessment) { a.Effects.Security = Effect{NotApplicable: long} }, Field{security + "/not_applicable", "has 2001 characters; 2000 is the most"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			a := soundAssessment()
			row.spoil(&a)
			require.Equal(t, []Field{row.field}, AsError(a.Check()).Fields)
		})
	}
}

func drawAssessment(t *rapid.T) Assessment {
	text := rapid.SampledFrom([]string{"", " ", "a", "ab", "n/a", "Gains.", "Loses."})
	a := Assessment{
		Risk: text.Draw(t, "risk"), Benefit: text.Draw(t, "benefit"), Feasibility: text.Draw(t, "feasibility"), Cost: text.Draw(t, "cost"),
	}
	for _, s := range a.Effects.Sections() {
		*s.Effect = Effect{text.Draw(t, s.Name), text.Draw(t, s.Name+" not applicable")}
	}
	return a
}

// Nothing that approvers weigh can be altered behind their backs: every text has a
// place of its own in what is hashed, and comes back to it from the store.
func TestEachTextIsInTheFields(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAssessment(t)
		before := a.fields()
		texts := []*string{&a.Risk, &a.Benefit, &a.Feasibility, &a.Cost}
		for _, s := range a.Effects.Sections() {
			texts = append(texts, &s.Effect.Text, &s.Effect.NotApplicable)
		}
		require.Len(t, before, len(texts))
		i := rapid.IntRange(0, len(texts)-1).Draw(t, "which")
		*texts[i] += "!"
		stored, err := json.Marshal(a)
		require.NoError(t, err)
		var read Assessment
		require.NoError(t, json.Unmarshal(stored, &read))
		require.Equal(t, a.fields(), read.fields())
		before[i] += "!"
		require.Equal(t, before, a.fields(), "and no other moves")
	})
}

// What is taken leaves nothing open (CHG-05), whatever was sent.
func TestATakenAssessmentIsComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := soundAssessment()
		s := rapid.SampledFrom(a.Effects.Sections()).Draw(t, "section")
		*s.Effect = Effect{rapid.String().Draw(t, "text"), rapid.String().Draw(t, "not applicable")}
		if a.Check() != nil {
			return
		}
		text, reason := strings.TrimSpace(s.Effect.Text), strings.TrimSpace(s.Effect.NotApplicable)
		require.NotEqual(t, text == "", reason == "")
	})
}
