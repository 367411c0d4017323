package chatops

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/itsm"
)

// size is how much is on record of suppliers, contracts and reviews.
func (o *office) size() (n int) {
	d := o.desk
	for _, all := range d.timelines {
		n += len(all)
	}
	return n + len(d.suppliers) + len(d.contracts) + len(d.reviews) + len(d.comments)
}

func picked(date string) map[string]json.RawMessage {
	return map[string]json.RawMessage{"value": json.RawMessage(`{"selected_date":"` + date + `"}`)}
}

func person(id string) map[string]json.RawMessage {
	return map[string]json.RawMessage{"value": json.RawMessage(`{"selected_user":"` + id + `"}`)}
}

// TestForgedFormsOfSuppliers: what a form keeps and what it offered grants nothing.
func TestForgedFormsOfSuppliers(t *testing.T) {
	o := contracted(t)
	review := string(o.desk.reviewBegins())
	sup, con, rev, note := `{"number":"SUP-1"}`, `{"number":"CON-1"}`, `{"number":"`+review+`"}`, written("x")
	profile := func(change map[string]map[string]json.RawMessage) values {
		v := values{"name": note, "supplies": note, "tier": chosen("standard"), "owner": person("U0PAT"), "deputy": person("U0RIO"), "contacts": written("Zoe | all | z@x.example")}
		maps.Copy(v, change)
		return v
	}
	draft := func(change map[string]map[string]json.RawMessage) values {
		v := values{}
		for block, text := range o.aContract() {
			v[block] = written(text)
		}
		v["owner"], v["start"], v["end"] = person("U0COL"), picked("2027-01-01"), picked("2027-12-31")
		maps.Copy(v, change)
		return v
	}
	for name, tt := range map[string]struct {
		user, callback, private string
		values                  values
		code                    string
	}{
		"nothing kept":              {"U0SUE", "supplier.comment", "", values{"text": note}, "slack.form"},
		"no number":                 {"U0SUE", "supplier.comment", `{"number":"'; DROP"}`, values{"text": note}, "record.number"},
		"an instant that is none":   {"U0SUE", "supplier_review.seen", `{"number":"` + review + `","at":"noon"}`, values{"name": chosen("1")}, "slack.form"},
		"a contract in its form":    {"U0SUE", "supplier.comment", con, values{"text": note}, "record.not_found"},
		"a supplier in another":     {"U0COL", "contract.compare", sup, values{"note": note}, "record.not_found"},
		"a review in another":       {"U0SUE", "supplier.move", rev, values{"to": chosen("watch"), "note": note}, "record.not_found"},
		"a state that is none":      {"U0SUE", "supplier.move", sup, values{"to": chosen("owned"), "note": note}, "move.invalid"},
		"a state that is not next":  {"U0SUE", "supplier.move", sup, values{"to": chosen("proposed"), "note": note}, "supplier.not_now"},
		"moved by an owner":         {"U0PAT", "supplier.move", sup, values{"to": chosen("watch"), "note": note}, "actor.permission"},
		"assessed by another":       {"U0ANA", "supplier.assess", sup, values{"suitable": chosen("yes"), "note": note, "evidence": note}, "supplier.not_yours"},
		"assessed by nothing":       {"U0PAT", "supplier.assess", sup, values{"suitable": chosen("yes"), "note": note}, "due_diligence.invalid"},
		"evidence that is hidden":   {"U0PAT", "supplier.assess", sup, values{"suitable": chosen("yes"), "note": note, "evidence": written("CHG-77")}, "due_diligence.invalid"},
		"a date that is none":       {"U0PAT", "supplier.certificate", sup, values{"name": note, "expires": picked("2027-02-31")}, "calendar.date"},
		"a date of another age":     {"U0PAT", "supplier.certificate", sup, values{"name": note, "expires": picked("9999-12-31")}, "certificate.invalid"},
		"an address that is none":   {"U0PAT", "supplier.certificate", sup, values{"name": note, "expires": picked("2027-12-31"), "url": written("javascript:alert(1)")}, "certificate.invalid"},
		"a certificate of words":    {"U0PAT", "supplier.end-certificate", sup, values{"id": chosen("all")}, "supplier.no_certificate"},
		"an exit plan of another's": {"U0ANA", "supplier.exit", `{"number":"SUP-1","was":{"text":"e3b0c442"}}`, values{"text": note}, "supplier.not_yours"},
		"an exit plan too late":     {"U0PAT", "supplier.exit", `{"number":"SUP-1","was":{"text":"00000000"}}`, values{"text": note}, "slack.rewritten"},
		"a profile of an old one":   {"U0SUE", "supplier.edit", `{"number":"SUP-1","revision":1}`, profile(nil), "supplier.edited"},
		"a profile of another's":    {"U0ANA", "supplier.edit", sup, profile(nil), "supplier.not_yours"},
		"a supplier by a requester": {"U0ANA", "supplier.raise", "", profile(nil), "actor.permission"},
		"kept by one alone":         {"U0SUE", "supplier.raise", "", profile(values{"deputy": person("U0PAT")}), "supplier.invalid"},
		"kept by words":             {"U0SUE", "supplier.raise", "", profile(values{"owner": person("<!channel>")}), "slack.person"},
		"a tier that is none":       {"U0SUE", "supplier.raise", "", profile(values{"tier": chosen("huge")}), "supplier.invalid"},
		"contacts without end":      {"U0SUE", "supplier.raise", "", profile(values{"contacts": written(strings.Repeat("a|b|c@d.example\n", 80))}), "supplier.invalid"},
		"contacts without reach":    {"U0SUE", "supplier.raise", "", profile(values{"contacts": written("Zoe | all")}), "supplier.invalid"},
		"a text without end":        {"U0SUE", "supplier.raise", "", profile(values{"supplies": written(strings.Repeat("x", 9000))}), "supplier.invalid"},

		"a contract by a requester":  {"U0ANA", "contract.raise", "", draft(nil), "actor.permission"},
		"a contract with nobody":     {"U0COL", "contract.raise", "", draft(values{"supplier": written("SUP-99")}), "contract.invalid"},
		"a contract that is over":    {"U0COL", "contract.raise", "", draft(values{"end": picked("2026-12-31")}), "contract.invalid"},
		"a contract without targets": {"U0COL", "contract.raise", "", draft(values{"targets": written(" ")}), "contract.invalid"},
		"a target of words":          {"U0COL", "contract.raise", "", draft(values{"targets": written("Up | quality | percent | much | little")}), "amount.invalid"},
		"a notice of words":          {"U0COL", "contract.raise", "", draft(values{"notice": written("soon")}), "date_span.invalid"},
		"a digest that is none":      {"U0COL", "contract.raise", "", draft(values{"document_digest": written("abc")}), "contract.invalid"},
		"a proposal that is none":    {"U0COL", "contract.propose", con, values{"decision": chosen("burn"), "effect": note, "note": note}, "proposal.invalid"},
		"a proposal by a requester":  {"U0ANA", "contract.propose", con, values{"decision": chosen("renew"), "note": note}, "actor.permission"},
		"a proposal by who decides":  {"U0SUE", "contract.terminate", con, values{"note": note}, "actor.permission"},
		"an amendment of old terms":  {"U0COL", "contract.amend", `{"number":"CON-1","was":{"terms":"00000000"}}`, values{"note": note}, "slack.rewritten"},
		"a decision on nothing":      {"U0CYD", "contract.decide", con, values{"verdict": chosen("approve")}, "contract_decision.decided"},
		"a change that is none":      {"U0COL", "contract.renew", con, values{"note": note, "change": written("CHG-77")}, "proposal.invalid"},
		"notice of what goes on":     {"U0COL", "contract.notice", con, values{"evidence": note}, "contract.not_now"},

		"a measure by a requester":   {"U0ANA", "supplier_review.measure", rev, values{"name": chosen("1"), "value": written("1"), "evidence": note}, "actor.permission"},
		"a measure that is none":     {"U0COL", "supplier_review.measure", rev, values{"name": chosen("99"), "evidence": note}, "reading.invalid"},
		"a value of words":           {"U0COL", "supplier_review.measure", rev, values{"name": chosen("1"), "value": written("much"), "evidence": note}, "amount.invalid"},
		"points of a target":         {"U0COL", "supplier_review.measure", rev, values{"name": chosen("1"), "points": written("100"), "evidence": note}, "reading.invalid"},
		"points without end":         {"U0COL", "supplier_review.measure", rev, values{"other": written("Invoices"), "points": written("999"), "criterion": chosen("commerce"), "evidence": note}, "reading.invalid"},
		"points of words":            {"U0COL", "supplier_review.measure", rev, values{"other": written("Invoices"), "points": written("all"), "criterion": chosen("commerce"), "evidence": note}, "reading.invalid"},
		"a criterion that is none":   {"U0COL", "supplier_review.measure", rev, values{"other": written("Invoices"), "points": written("9"), "criterion": chosen("luck"), "evidence": note}, "reading.invalid"},
		"a measure without shows":    {"U0COL", "supplier_review.measure", rev, values{"name": chosen("1"), "value": written("1")}, "reading.invalid"},
		"seen what is none":          {"U0CYD", "supplier_review.seen", rev, values{"name": chosen("99")}, "supplier_review.no_measure"},
		"seen at no instant":         {"U0CYD", "supplier_review.seen", rev, values{"name": chosen("1@noon")}, "slack.form"},
		"seen what nobody gave":      {"U0CYD", "supplier_review.seen", rev, values{"name": chosen("1")}, "supplier_review.seen"},
		"a meeting with nobody":      {"U0COL", "supplier_review.meet", rev, values{"note": note}, "meeting.invalid"},
		"a meeting too early":        {"U0COL", "supplier_review.meet", rev, values{"attendees": note, "note": note}, "supplier_review.not_now"},
		"actions too early":          {"U0COL", "supplier_review.action", rev, values{"actions_0_title": note, "actions_0_due": picked("2027-01-31")}, "supplier_review.not_now"},
		"an action without a date":   {"U0COL", "supplier_review.action", rev, values{"actions_3_title": note}, "actions.invalid"},
		"an action of words":         {"U0COL", "supplier_review.action", rev, values{"actions_0_title": note, "actions_0_owner": person("<!here>")}, "slack.person"},
		"cancelled by another":       {"U0COL", "supplier_review.cancel", rev, values{"note": note}, "actor.permission"},
		"a verb without a form":      {"U0COL", "supplier_review.score", rev, nil, "slack.form"},
		"a verb of another kind":     {"U0COL", "supplier.score", rev, nil, "slack.form"},
		"a review that is not there": {"U0COL", "supplier_review.comment", `{"number":"SUP-1/1999-Q1"}`, values{"text": note}, "record.not_found"},
	} {
		before := o.size()
		err := o.forged(tt.user, tt.callback, tt.private, tt.values)
		require.Error(t, err, name)
		require.Equal(t, tt.code, itsm.AsError(err).Code, "%s: %v", name, err)
		require.Equal(t, before, o.size(), name)
	}
}

// TestForgedButtonsOfSuppliers: an action's name and its value are anybody's, and so are
// the buttons that another was sent.
func TestForgedButtonsOfSuppliers(t *testing.T) {
	o := contracted(t)
	review := string(o.desk.reviewBegins())
	o.sup("U0COL", "submit 1 Availability 99.95 https://graphs.example/1")
	o.sup("U0COL", "renew CON-1 they are good")
	asked := o.suppliedTold(itsm.Number(review), itsm.NoticeEvidence, "cyd")
	o.clock.pass(time.Minute)
	o.sup("U0COL", "submit 1 Availability 99.5 https://graphs.example/2")
	given, err := asked.Event.Detail.Reading.At.MarshalText()
	require.NoError(t, err)
	for _, tt := range []struct{ user, action, value, want string }{
		{"U0SUE", "supplier.move:SUP-1", `{"number":"CON-1"}`, "slack.button"},
		{"U0ANA", "supplier.move:SUP-1", `{"number":"CON-1"}`, "actor.permission"},
		{"U0SUE", "supplier.explode:SUP-1", `{"number":"SUP-1"}`, "slack.button"},
		{"U0SUE", "supplier.more:SUP-1", `explode {"number":"SUP-1"}`, "slack.button"},
		{"U0SUE", "supplier.score:SUP-1", `{"number":"SUP-1"}`, "slack.button"},
		{"U0SUE", "supplier_review.score:SUP-1", `{"number":"SUP-1"}`, "record.not_found"},
		{"U0SUE", "supplier_review.score:SUP-1", `{"number":"SUP-1/2026-Q9"}`, "record.number"},
		{"U0CYD", "supplier_review.confirm:" + review, `{"number":"` + review + `","task":1,"at":"noon"}`, "slack.button"},
		{"U0CYD", "supplier_review.confirm:" + review, `{"number":"` + review + `","task":1,"at":"` + string(given) + `"}`, "supplier_review.measured_anew"},
		{"U0CYD", "supplier_review.confirm:" + review, `{"number":"` + review + `","task":-1}`, "supplier_review.no_measure"},
		{"U0CYD", "supplier_review.confirm:" + review, `{"number":"` + review + `"}`, "supplier_review.no_measure"},
		{"U0COL", "supplier_review.confirm:" + review, `{"number":"` + review + `","task":1}`, "supplier_review.own_measure"},
		{"U0CYD", "supplier_review.score:" + review, `{"number":"` + review + `"}`, "supplier_review.unseen"},
		{"U0CYD", "supplier_review.sign-off:" + review, `{"number":"` + review + `"}`, "supplier_review.not_now"},
		{"U0PAT", "supplier_review.sign-off:" + review, `{"number":"` + review + `"}`, "actor.permission"},
		{"U0CYD", "contract.approve:CON-1", `{"number":"CON-1","content_hash":"` + strings.Repeat("f", 64) + `"}`, "contract_decision.edited"},
		{"U0CYD", "contract.approve:CON-1", `{"number":"CON-1","content_hash":"` + strings.Repeat("f", 65) + `"}`, "slack.button"},
		{"U0COL", "contract.approve:CON-1", `{"number":"CON-1"}`, "contract_decision.own_request"},
		{"U0PAT", "contract.approve:CON-1", `{"number":"CON-1"}`, "actor.permission"},
		{"U0CYD", "contract.approve:CON-1", `{"number":"SUP-1"}`, "record.not_found"},
	} {
		before := o.size()
		o.forgeries++
		_, err := o.bot.act(context.Background(), request{Request: payload.Request{Kind: payload.KindAction, User: tt.user, Team: "T0STEWARD", Press: payload.Press{Action: tt.action, Value: tt.value}}}, tt.user+tt.action+tt.value)
		require.Error(t, err, "%s %s", tt.action, tt.value)
		require.Equal(t, tt.want, itsm.AsError(err).Code, "%s %s %s: %v", tt.user, tt.action, tt.value, err)
		require.Equal(t, before, o.size())
	}
}

// TestAContractIsNobodysBusinessWhoMayNotReadOne: of one that there is they are told what
// they are told of one that there is not, and nothing that they see names it.
func TestAContractIsNobodysBusinessWhoMayNotReadOne(t *testing.T) {
	o := contracted(t)
	o.desk.reviewBegins()
	o.sup("U0COL", "terminate CON-1 they are late")
	for _, verb := range []string{"show", "status", "explain", "timeline", "contract", "approve", "reject", "renew", "amend", "notice", "compare", "cancel", "comment", "review", "propose"} {
		for _, user := range []string{"U0ANA", "U0PAT"} {
			is, none := o.sup(user, verb+" CON-1 x"), o.sup(user, verb+" CON-99 x")
			require.Equal(t, strings.ReplaceAll(none, "CON-99", "CON-1"), is, "%s: %s", user, verb)
			require.Contains(t, is, "actor.permission", verb)
		}
	}
	require.Equal(t, o.typed("U0PAT", "/itsm", "show CON-99"), o.typed("U0PAT", "/itsm", "show CON-1"))
	require.Contains(t, o.sup("U0PAT", "list contracts"), "actor.permission")
	for _, text := range []string{"due", "list", "show SUP-1", "status SUP-1", "timeline SUP-1", "review SUP-1", "my"} {
		require.NotContains(t, o.sup("U0PAT", text), "CON-1", text)
	}
	require.NotContains(t, o.typed("U0PAT", "/itsm", "search Hosting"), "CON-1")
	_, err := o.OpenHome(context.Background(), "U0PAT")
	require.NoError(t, err)
	require.NotContains(t, o.home("U0PAT").Text(), "CON-1")
	require.Contains(t, o.sup("U0CYD", "list contracts"), "CON-1", "who may is told")
	_, err = o.OpenHome(context.Background(), "U0CYD")
	require.NoError(t, err)
	for _, want := range []string{"CON-1 · Hosting <contract>", "To decide: what becomes of it", "Read and decide"} {
		require.Contains(t, o.home("U0CYD").Text(), want)
	}
}

// FuzzSupplierCommands: whatever people type, the answer is one, and no panic.
func FuzzSupplierCommands(f *testing.F) {
	for _, text := range []string{
		"", "1", "review", "review 1", "review CON-1", "contract", "contract new", "contract new SUP-1", "submit 1", "submit 1 Availability", "submit 1 1 99999999999999999999 x", "seen 1 \u202e",
		"action 1 @rio 2027-03-31 x", "meet 1 with : x", "list \u202e", "list service=", "due x", "move 1 due diligence", "assess 1 not", "certificate 1 2027-99-99 x", "end 1 -1", "propose CON-1 amend x", "decide CON-1 reject", "show SUP-1/2026-Q4/x",
	} {
		f.Add(text)
	}
	o := contracted(f)
	o.desk.reviewBegins()
	f.Fuzz(func(t *testing.T, text string) {
		for _, command := range []string{"/supplier", "/itsm supplier"} {
			r := request{Request: payload.Request{Kind: payload.KindCommand, User: "U0COL", Team: "T0STEWARD", Typed: command + " " + text}, relayed: true}
			a, err := o.bot.act(context.Background(), r, "")
			if err != nil && itsm.AsError(err).Kind == itsm.Internal {
				t.Fatalf("%s %q: %v", command, text, err)
			}
			if err == nil && a.text == "" && !a.silent {
				t.Fatalf("%s %q was met with silence", command, text)
			}
		}
	})
}

// FuzzSupplierForms: whatever a form keeps and holds, it is taken or refused.
func FuzzSupplierForms(f *testing.F) {
	f.Add("supplier.raise", ``, "contacts", `{"value":"a | b\n|||,@,@"}`, `{"selected_user":"U0RIO"}`)
	f.Add("supplier.edit", `{"number":"SUP-1","revision":-1}`, "services", `{"selected_options":[{"value":"payments"},{}]}`, `{"value":"x"}`)
	f.Add("supplier.exit", `{"number":"SUP-1","was":null}`, "text", `{"value":"x"}`, `[]`)
	f.Add("contract.raise", ``, "targets", `{"value":"a|b|c|1|2|critical|3\n|"}`, `{"selected_date":"2027-01-01"}`)
	f.Add("contract.amend", `{"number":"CON-1","was":{"terms":"x"}}`, "terms_notice", `{"value":"9999mo"}`, `{"value":"3mo"}`)
	f.Add("supplier_review.measure", `{"number":"SUP-1/2026-Q3","task":-1}`, "points", `{"value":"-1"}`, `{"value":"1"}`)
	f.Add("supplier_review.action", `{"number":"SUP-1/2026-Q3"}`, "actions_5_due", `{"selected_date":"0000-00-00"}`, `{"value":"x"}`)
	o := contracted(f)
	o.desk.reviewBegins()
	f.Fuzz(func(t *testing.T, callback, private, field, value, word string) {
		raw := func(s string) map[string]json.RawMessage {
			return map[string]json.RawMessage{"value": json.RawMessage(s)}
		}
		r := request{Request: payload.Request{Kind: payload.KindSubmission, User: "U0COL", Team: "T0STEWARD"}}
		r.Form = form.Filled{Callback: callback, Private: private, Values: values{field: raw(value), "note": raw(word), "name": raw(word), "owner": raw(word), "actions_5_title": raw(word), "terms_start": raw(word), "end": raw(word)}}
		if _, err := o.bot.act(context.Background(), r, ""); err != nil && itsm.AsError(err).Kind == itsm.Internal {
			t.Fatal(err)
		}
	})
}
