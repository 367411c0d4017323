package form

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// investigated is a problem of which all is known that its forms show.
func investigated() *itsm.Problem {
	p := &itsm.Problem{Number: "PRB-42", ProblemText: itsm.ProblemText{Title: "It <hangs>", Service: "payments"}}
	p.Priority = itsm.P2
	shows := []itsm.Evidence{{Record: "INC-1"}, {URL: "https://x.example/?a=1&b=2", Note: "the graph"}, {Note: "we saw it"}}
	p.RootCause = &itsm.RootCause{
		Method: itsm.FaultTree, Known: true, Cause: &itsm.Claim{Text: "The pool\nis small", Evidence: shows}, DetectionGap: &itsm.Claim{Text: "No alarm", Evidence: shows[:1]},
		Contributing: []itsm.Claim{{Text: "Lunch", Evidence: shows[:2]}, {Text: "Rain"}},
	}
	p.KnownError = &itsm.KnownError{
		Title: "Payments hang", Symptoms: "It *hangs*", Services: []itsm.ServiceID{"payments", "web"}, Workaround: "1. Restart\n2. Wait", Risk: "Some <fail>", VerifiedBy: "rio",
	}
	return p
}

// TestFormsOfProblemsComeBackAsTheyWere: whoever changes nothing changes nothing.
func TestFormsOfProblemsComeBackAsTheyWere(t *testing.T) {
	p := investigated()
	c, k := p.RootCause, p.KnownError
	r := fill(t, RootCause(ProblemCause(p), ""), nil).RootCause(c)
	require.Equal(t, itsm.RootCauseRequest{Method: c.Method, Cause: c.Cause, DetectionGap: c.DetectionGap, Contributing: c.Contributing, Known: true}, r)
	w := fill(t, Workaround(p, "U0RIO", ""), nil).Workaround(k)
	require.Equal(t, itsm.WorkaroundRequest{Title: k.Title, Symptoms: k.Symptoms, Services: k.Services, Workaround: k.Workaround, Risk: k.Risk}, w)
	require.True(t, kept(t, fill(t, RootCause(ProblemCause(p), ""), nil)).SawCause(c))
	require.Equal(t, k.Hash(), kept(t, fill(t, Workaround(p, "", ""), nil)).ContentHash)

	d := itsm.ProblemDraft{Impact: itsm.HighDegree, Category: "outage", ProblemText: itsm.ProblemText{Title: "T", Description: "D", Service: "web", Incidents: []itsm.Number{"INC-1", "INC-2"}, Follows: "PRB-1"}}
	require.Equal(t, d, fill(t, Problem(NewProblem{Services: services, Draft: d}), nil).Problem())
}

// TestFormsOfProblemsAreLegalAtTheirLongest: what does not fit is left out, and kept.
func TestFormsOfProblemsAreLegalAtTheirLongest(t *testing.T) {
	p := investigated()
	long := strings.Repeat("&", itsm.MaxText)
	p.Title, p.KnownError.Workaround, p.KnownError.Symptoms = strings.Repeat("t", itsm.MaxTitle), long, long
	many := itsm.Claim{Text: strings.Repeat("x", itsm.MaxNote)}
	for range itsm.MaxEvidence {
		many.Evidence = append(many.Evidence, itsm.Evidence{Note: strings.Repeat("y", itsm.MaxNote)})
	}
	p.RootCause.Cause, p.RootCause.Contributing = &many, []itsm.Claim{many, many}
	w := fill(t, Workaround(p, "U0RIO", ""), nil).Workaround(p.KnownError)
	require.Equal(t, []string{long, long}, []string{w.Workaround, w.Symptoms})
	r := fill(t, RootCause(ProblemCause(p), ""), map[string]string{"cause": "Another"}).RootCause(p.RootCause)
	require.Equal(t, "Another", r.Cause.Text)
	require.Equal(t, many.Evidence, r.Cause.Evidence)
	require.Equal(t, p.RootCause.Contributing, r.Contributing)
	d := itsm.ProblemDraft{ProblemText: itsm.ProblemText{Title: strings.Repeat("t", 500), Description: strings.Repeat("&", 9000)}, Category: strings.Repeat("c", 500)}
	for n := range itsm.MaxProblemIncidents {
		d.Incidents = append(d.Incidents, itsm.IncidentNumber(int64(1e9+n)))
	}
	require.Len(t, fill(t, Problem(NewProblem{Services: services, Draft: d}), map[string]string{"service": "web"}).Problem().Incidents, itsm.MaxProblemIncidents)
	judged(t, Change(New{Services: services, Draft: itsm.ChangeDraft{Title: p.Title, Description: long, Justification: long}, Fixes: "PRB-9999999999", Foreseen: "x"}))
}

// TestEvidenceIsReadAsItWasWritten: what lines can hold comes back from them, and what
// they cannot is never written into them.
func TestEvidenceIsReadAsItWasWritten(t *testing.T) {
	require.Equal(t, itsm.Evidence{Record: "INC-7", Note: "see the log"}, Evidence("see inc-7: the log"))
	require.Equal(t, itsm.Evidence{URL: "https://x.example", Note: "at noon"}, Evidence("https://x.example at noon"))
	require.Equal(t, itsm.Evidence{Note: "nothing else"}, Evidence(" nothing  else "))
	rapid.Check(t, func(t *rapid.T) {
		all := []itsm.Claim{{Text: rapid.String().Draw(t, "text"), Evidence: []itsm.Evidence{{Note: rapid.String().Draw(t, "note"), Record: itsm.Number(rapid.SampledFrom([]string{"", "INC-1"}).Draw(t, "record"))}}}}
		if plainClaims(all) {
			require.Equal(t, all, contributing(claimLines(all)))
		}
		if faithful(all[0].Evidence) {
			require.Equal(t, all[0].Evidence, evidence(evidenceLines(all[0].Evidence)))
		}
	})
}
