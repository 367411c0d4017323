package cards

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestSuppliersAreShownAsTheyWere: each kind in each state, as who may do most sees it.
func TestSuppliersAreShownAsTheyWere(t *testing.T) {
	show := func(o *deal, n itsm.Number, name string, to itsm.PersonID, card bool) {
		t.Helper()
		if card {
			m := Notice(o.notice(n, itsm.NoticeCard, "C0SUP"), links)
			goldenMessage(t, name+"_card", m)
			require.LessOrEqual(t, len(actionIDs(t, m.Blocks)), maxPressed+1, "five buttons and their menu")
		}
		a := Around{Timeline: o.timeline[n], Said: o.said[n], Relations: []itsm.Relation{{From: "CAR-7", Kind: itsm.ActsOn, To: n}}}
		goldenMessage(t, name+"_show", SupplierDetails(o.shown(n, Show, to), a, links))
		goldenMessage(t, name+"_status", SupplierStanding(o.shown(n, Status, to), nil))
	}
	for _, state := range itsm.SupplierStates {
		show(supplierIn(t, state), "SUP-4", "supplier_"+string(state), "sue", state != itsm.SupplierNew)
	}
	for _, state := range itsm.ContractStates {
		show(contractIn(t, state), "CON-2", "contract_"+string(state), "col", false)
	}
	for _, state := range itsm.ReviewStates {
		if state == itsm.ReviewSignedOff { // it is closed at once
			continue
		}
		show(reviewIn(t, state), "SUP-4/2026-02", "review_"+string(state), "cyd", state != itsm.ReviewNew)
	}
}

// supplierTale is the story of one message.
type supplierTale struct {
	name string
	of   itsm.Number
	o    *deal
	kind itsm.NoticeKind
	to   string
	asks string // the button that asks; empty: it asks for nothing any more
}

const itsReview = itsm.Number("SUP-4/2026-02")

// TestPeopleAreAskedAboutSuppliers: to decide on a contract, to see evidence, to sign off;
// and what is over has nothing to press.
func TestPeopleAreAskedAboutSuppliers(t *testing.T) {
	collecting := func() *deal { return reviewIn(t, itsm.ReviewCollecting) }
	for _, tt := range []supplierTale{
		{"decide", "CON-2", contractIn(t, itsm.ContractUnderReview), itsm.NoticeDecide, "cyd", "contract.approve"},
		{"decide_amend", "CON-2", contractIn(t, itsm.ContractActive).propose(itsm.AmendContract), itsm.NoticeDecide, "cyd", "contract.approve"},
		{"decide_over", "CON-2", contractIn(t, itsm.ContractApproved), itsm.NoticeDecide, "cyd", ""},
		{"evidence", itsReview, collecting(), itsm.NoticeEvidence, "cyd", "supplier_review.confirm"},
		{"evidence_over", itsReview, collecting().see(), itsm.NoticeEvidence, "sue", ""},
		{"sign_off", itsReview, reviewIn(t, itsm.ReviewActions), itsm.NoticeSignOff, "cyd", "supplier_review.sign-off"},
		{"sign_off_over", itsReview, reviewIn(t, itsm.ReviewClosed), itsm.NoticeSignOff, "sue", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := Notice(tt.o.notice(tt.of, tt.kind, tt.to), links)
			goldenMessage(t, "supplier_ask_"+tt.name, m)
			ids := actionIDs(t, m.Blocks)
			if tt.asks == "" {
				require.Len(t, ids, 1, "what is over has nothing to press: %v", ids)
				require.Contains(t, ids[0], ".show:")
				return
			}
			require.Contains(t, fmt.Sprint(ids), tt.asks)
		})
	}
}

// TestAMeasureIsSeenAsItWasRead: its button names the measure and when it was given, and
// one that is given anew voids the message that showed the one before.
func TestAMeasureIsSeenAsItWasRead(t *testing.T) {
	o := reviewIn(t, itsm.ReviewCollecting)
	asked := o.notice(itsReview, itsm.NoticeEvidence, "cyd")
	claim := Claim{Number: itsReview, Task: 1, At: o.r.Readings[0].At}.Value()
	all := Notice(asked, links).Blocks
	row, _ := all[len(all)-1].(*slack.ActionBlock)
	button, _ := row.Elements.ElementSet[0].(*slack.ButtonBlockElement)
	require.Equal(t, claim, button.Value)
	o.measure("Availability <A>", 99_900)
	for _, n := range o.notices(itsReview) {
		if n.Key == asked.Key {
			require.NotContains(t, fmt.Sprint(actionIDs(t, Notice(n, links).Blocks)), "supplier_review.confirm")
		}
	}
	again := o.notice(itsReview, itsm.NoticeEvidence, "cyd")
	require.Contains(t, fmt.Sprint(actionIDs(t, Notice(again, links).Blocks)), "supplier_review.confirm")
}

// TestAContractIsDecidedOnAsItWasRead: the buttons carry the hash of what is shown.
func TestAContractIsDecidedOnAsItWasRead(t *testing.T) {
	o := contractIn(t, itsm.ContractUnderReview)
	asked := o.notice("CON-2", itsm.NoticeDecide, "cyd")
	require.Equal(t, o.c.Proposal.Hash(&o.c.ContractTerms), paperOf(asked).claim.ContentHash)
	for _, n := range o.notices("CON-2") {
		require.NotEqual(t, itsm.NoticeCard, n.Kind, "what was agreed on is commercial: no channel reads it")
	}
}

func TestPeopleAreToldOfSuppliers(t *testing.T) {
	tell := itsm.NoticeTell
	rejected := contractIn(t, itsm.ContractUnderReview).decide(itsm.Reject)
	late := reviewIn(t, itsm.ReviewCollecting)
	for range 50 {
		d, comes := late.r.Next()
		require.True(t, comes)
		late.at = d.At
		e, _ := late.r.Fall(d)
		late.did(&late.r, itsm.System, nil, e)
		if d.Kind == itsm.EventReviewMissed {
			break
		}
	}
	expiring := supplierIn(t, itsm.SupplierActive)
	d, comes := expiring.s.Next()
	require.True(t, comes)
	expiring.at = d.At
	e, _ := expiring.s.Fall(d)
	expiring.did(&expiring.s, itsm.System, nil, e)
	for _, tt := range []supplierTale{
		{"proposed", "SUP-4", supplierIn(t, itsm.SupplierProposed), tell, "pat", ""},
		{"moved", "SUP-4", supplierIn(t, itsm.SupplierActive), tell, "pat", ""},
		{"expires", "SUP-4", expiring, tell, "rio", ""},
		{"approved", "CON-2", contractIn(t, itsm.ContractTerminating), tell, "col", ""},
		{"rejected", "CON-2", rejected, tell, "col", ""},
		{"notice_nears", "CON-2", contractIn(t, itsm.ContractNoticeWindow), tell, "cyd", ""},
		{"opened", itsReview, reviewIn(t, itsm.ReviewCollecting), tell, "sue", ""},
		{"missed", itsReview, late, tell, "sue", ""},
		{"scored", itsReview, reviewIn(t, itsm.ReviewScored), tell, "pat", ""},
		{"agreed", itsReview, reviewIn(t, itsm.ReviewActions), tell, "rio", ""},
		{"closed", itsReview, reviewIn(t, itsm.ReviewClosed), tell, "pat", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			goldenMessage(t, "supplier_tell_"+tt.name, Notice(tt.o.notice(tt.of, tt.kind, tt.to), links))
		})
	}
}

// TestNobodyIsOfferedASuppliersActsThatTheyMayNot: on what one person gets, no button
// refuses them.
func TestNobodyIsOfferedASuppliersActsThatTheyMayNot(t *testing.T) {
	pressed := 0
	check := func(o *deal, of itsm.Number) {
		for _, n := range o.notices(of) {
			if n.To == "" || n.Comment != nil {
				continue
			}
			allowed := o.shown(of, n.Kind, n.To).Explanation.Acts
			for _, id := range actionIDs(t, Notice(n, links).Blocks) {
				first, _, _ := strings.Cut(id, ":")
				kind, verb, _ := strings.Cut(first, ".")
				for act, choices := range paperChoices {
					if ours, _, _ := strings.Cut(string(act), "."); ours != kind {
						continue
					}
					for _, c := range choices {
						if c.verb == verb {
							require.Contains(t, allowed, act, "%s: %s", n.Key, verb)
							pressed++
						}
					}
				}
			}
		}
	}
	for _, state := range itsm.SupplierStates[1:] {
		check(supplierIn(t, state), "SUP-4")
	}
	for _, state := range itsm.ContractStates[1:] {
		check(contractIn(t, state), "CON-2")
	}
	for _, state := range itsm.ReviewStates[1:] {
		check(reviewIn(t, state), itsReview)
	}
	require.Greater(t, pressed, 100)
}

// TestEveryEventOfSuppliersIsTold: in words, and none breaks a message when its detail is
// not there.
func TestEveryEventOfSuppliersIsTold(t *testing.T) {
	o := reviewIn(t, itsm.ReviewActions)
	o.did(&o.c, itsm.System, nil, o.c.Draft(o.at)).propose(itsm.ApproveContract)
	for _, tt := range []struct {
		of  itsm.Number
		all []itsm.EventKind
	}{
		{"SUP-4", []itsm.EventKind{
			itsm.EventSupplierRaised, itsm.EventSupplierProposed, itsm.EventSupplierEdited, itsm.EventSupplierMoved, itsm.EventSupplierAssessed, itsm.EventDiligenceEnds, itsm.EventDiligenceOverdue,
			itsm.EventCertificate, itsm.EventCertificateEnds, itsm.EventCertificateExpired, itsm.EventExitPlan, itsm.EventExitTestNears, itsm.EventExitTestOverdue, itsm.EventSupplierRated, itsm.EventSupplierCorrected, itsm.EventSupplierDeadlines,
		}},
		{"CON-2", []itsm.EventKind{
			itsm.EventContractRaised, itsm.EventContractDrafted, itsm.EventContractProposed, itsm.EventContractBegan, itsm.EventDecisionOverdue, itsm.EventNoticeNears, itsm.EventNoticeMissed, itsm.EventNoticePassed,
			itsm.EventNoticeGiven, itsm.EventContractRenewed, itsm.EventContractReviewed, itsm.EventContractReviewNears, itsm.EventContractReviewOverdue, itsm.EventContractEnded, itsm.EventContractCancelled, itsm.EventContractCorrected,
			itsm.EventContractDeadlines, itsm.EventContractDecisionOpened, itsm.EventContractDecisionVoted, itsm.EventContractDecisionApproved, itsm.EventContractDecisionRejected, itsm.EventContractDecisionReminded, itsm.EventContractDecisionBackup, itsm.EventContractDecisionExpired,
		}},
		{itsReview, []itsm.EventKind{
			itsm.EventReviewStarted, itsm.EventReviewOpened, itsm.EventReviewMeasured, itsm.EventReviewSeen, itsm.EventReviewScored, itsm.EventReviewMet, itsm.EventReviewAgreed, itsm.EventReviewSigned,
			itsm.EventReviewClosed, itsm.EventReviewCancelled, itsm.EventReviewWarned, itsm.EventReviewMissed, itsm.EventReviewOverdue, itsm.EventReviewDeadlines,
		}},
	} {
		for _, e := range tt.all {
			for _, kind := range []itsm.NoticeKind{itsm.NoticeTell, itsm.NoticeDecide, itsm.NoticeEvidence, itsm.NoticeSignOff, itsm.NoticeCard} {
				n := o.shown(tt.of, kind, "col")
				switch { // each asks about records of one kind
				case kind == itsm.NoticeDecide && n.Contract == nil, (kind == itsm.NoticeEvidence || kind == itsm.NoticeSignOff) && n.Review == nil:
					continue
				}
				n.Event = itsm.Event{Kind: e, Actor: "rio", Note: "<b>"}
				requireLegal(t, Notice(n, links))
			}
			m := SupplierTimeline(o.shown(tt.of, Show, "pat"), []itsm.Event{{Kind: e, Actor: "rio"}}, links)
			requireLegal(t, m)
			reckoned := []itsm.EventKind{itsm.EventSupplierDeadlines, itsm.EventContractDeadlines, itsm.EventReviewDeadlines}
			require.Equal(t, !slices.Contains(reckoned, e), strings.Contains(words(m), ", by Rio Sato"), e)
		}
	}
	goldenMessage(t, "supplier_timeline", SupplierTimeline(supplierIn(t, itsm.SupplierOffboarded).shown("SUP-4", Show, "pat"), supplierIn(t, itsm.SupplierOffboarded).timeline["SUP-4"], links))
	goldenMessage(t, "contract_timeline", SupplierTimeline(o.shown("CON-2", Show, "col"), contractIn(t, itsm.ContractTerminated).timeline["CON-2"], links))
	goldenMessage(t, "review_timeline", SupplierTimeline(o.shown(itsReview, Show, "col"), reviewIn(t, itsm.ReviewClosed).timeline[itsReview], links))
}

func TestListsOfSuppliersAreAsTheyWere(t *testing.T) {
	o, c, r := supplierIn(t, itsm.SupplierProposed), contractIn(t, itsm.ContractUnderReview), reviewIn(t, itsm.ReviewCollecting)
	all := []itsm.Notice{o.shown("SUP-4", "", "sue"), c.shown("CON-2", "", "cyd"), r.shown(itsReview, "", "cyd")}
	goldenMessage(t, "supplier_list", ListedSuppliers("Open suppliers", "open", all))
	goldenMessage(t, "supplier_list_none", ListedSuppliers("Open suppliers", "open", nil))
	active := contractIn(t, itsm.ContractActive)
	goldenMessage(t, "supplier_due", DueSuppliers([]itsm.Notice{active.shown("CON-2", "", "col"), r.shown(itsReview, "", "cyd")}))
	golden(t, "supplier_home", Home(Mine{Waiting: entriesOf(all...)}))
	golden(t, "supplier_help", SupplierHelp())
	requireLegal(t, SupplierHelp())
	requireLegal(t, HelpAll())
}

// manySupplied are a supplier, a contract and a review in which all is as long as it may be.
func manySupplied() []itsm.Notice {
	at, on := time.Unix(1_700_000_000, 0).UTC(), itsm.Expiry{On: itsm.NewDate(2100, 1, 1)}
	text, note, title := strings.Repeat("<&>ä\n", itsm.MaxText/5), strings.Repeat("<", itsm.MaxNote), strings.Repeat("&", itsm.MaxTitle)
	url := "https://x.example/" + strings.Repeat("&", 1900)
	people := byID([]itsm.Person{{ID: "r", Name: strings.Repeat("&", 200), Roles: []itsm.Role{itsm.SupplierManager, itsm.CommercialManager}}})
	evidence := slices.Repeat([]itsm.Evidence{{Record: "INC-9999999999", URL: url, Note: note}}, itsm.MaxEvidence)
	s := itsm.Supplier{Number: itsm.SupplierNumber(1e9), Reporter: "r", RaisedAt: at, SupplierStanding: itsm.SupplierStanding{
		SupplierProfile: itsm.SupplierProfile{Name: title, Supplies: note, Kind: itsm.ExternalSupplier, Tier: itsm.TierCritical, Owner: "r", Deputy: "r"}, State: itsm.SupplierActive,
		Diligence: &itsm.DueDiligence{Expiry: on, By: "r", Done: at, Note: note, Evidence: evidence}, Exit: &itsm.ExitPlan{Expiry: on, By: "r", Text: text, URL: url, Tested: &at},
	}}
	for n := range itsm.MaxSupplied {
		s.Services = append(s.Services, itsm.ServiceID(strings.Repeat("s", 60)+fmt.Sprint(n)))
	}
	for n := range itsm.MaxSubcontractors {
		s.Subcontractors = append(s.Subcontractors, itsm.Subcontractor{Name: title, Supplies: title, Control: note})
		s.Contacts = append(s.Contacts, itsm.Contact{Name: title, For: title, Email: title, Phone: title})
		s.Corrections = append(s.Corrections, itsm.Correction{Why: note, At: at, DueAt: &at})
		s.Certificates = append(s.Certificates, itsm.Certificate{Expiry: on, ID: n + 1, Name: title, URL: url})
	}
	terms := itsm.ContractTerms{Supplies: text, Duties: text, Start: on.On, End: on.On + 9, Document: itsm.ContractDocument{URL: url, Digest: strings.Repeat("a", 64)}}
	for range itsm.MaxContractTargets {
		terms.Targets = append(terms.Targets, itsm.ContractTarget{Name: title, Unit: strings.Repeat("&", 64), Criterion: itsm.ByResponsiveness, Goal: itsm.Goal{Full: 1, None: 2}, Critical: true, Customer: new(itsm.Amount)})
	}
	c := itsm.Contract{Number: itsm.ContractNumber(1e9), Title: title, Supplier: s.Number, Services: s.Services, Reporter: "r", RaisedAt: at, ContractStanding: itsm.ContractStanding{
		ContractTerms: terms, State: itsm.ContractActive, Owner: "r", Given: &itsm.NoticeGiven{By: "r", At: at, Evidence: evidence}, Corrections: s.Corrections,
		Proposal: &itsm.ContractProposal{Decision: itsm.AmendContract, By: "x", At: at, Note: note, Effect: note, Risk: note, Change: "CHG-9999999999", Terms: &terms, Open: true},
	}}
	c.Deciding = *c.Ballot()
	r := itsm.SupplierReview{
		Number: "SUP-1000000000/2026-Q4", Supplier: s.Number, Name: title, Period: itsm.Period{Every: itsm.Quarterly, Year: 2026, Nth: 4}, Tier: itsm.TierImportant, Owner: "r", StartedAt: at,
		ReviewStanding: itsm.ReviewStanding{State: itsm.ReviewActions, Reviewer: "r", Meeting: &itsm.Meeting{By: "r", At: at, Note: text}},
	}
	for range itsm.MaxReadings {
		r.Readings = append(r.Readings, itsm.Reading{Measure: itsm.Measure{Name: title, Criterion: itsm.ByResponsiveness, Points: new(7), Missed: true}, Unit: title, By: "r", At: &at, Evidence: evidence})
	}
	for range itsm.MaxReviewActions {
		r.Actions = append(r.Actions, itsm.ReviewAction{Title: title, Owner: "r", Due: on.On})
		r.Meeting.Attendees = append(r.Meeting.Attendees, title)
	}
	score := itsm.ScoreOf(itsm.DefaultWeights, []itsm.Measure{r.Readings[0].Measure})
	r.Score, r.Follows = &score, itsm.Consequences
	var all []itsm.Notice
	for _, n := range []itsm.Notice{{Supplier: &s, Explanation: s.Explain()}, {Contract: &c, Explanation: c.Explain()}, {Review: &r, Explanation: r.Explain()}} {
		n.Key, n.To, n.People = string(n.Record())+"/decide/1/"+strings.Repeat("x", 64), "r", people
		n.Event = itsm.Event{Kind: itsm.EventReviewMeasured, Actor: "r", Note: note, At: at, Detail: &itsm.Detail{Reading: &r.Readings[0]}}
		n.Comment = &itsm.Comment{ID: 200, Number: n.Record(), Kind: itsm.Question, By: "r", Text: note, At: at}
		all = append(all, n)
	}
	return all
}

// numbered is another record like that of a notice, which waits for as much as it can.
func numbered(n itsm.Notice, i int) itsm.Notice {
	switch {
	case n.Contract != nil:
		c := *n.Contract
		c.Number, c.Proposal = itsm.ContractNumber(int64(1e9+i)), nil
		c.NoticeBy, c.ReviewBy = itsm.Expiry{On: c.End}, itsm.Expiry{On: c.End}
		n.Contract, n.Explanation = &c, c.Explain()
	case n.Review != nil:
		r := *n.Review
		r.Number, r.State, r.Readings = itsm.ReviewNumber(itsm.SupplierNumber(int64(1e9+i)), r.Period), itsm.ReviewCollecting, nil
		n.Review, n.Explanation = &r, r.Explain()
	default:
		s := *n.Supplier
		s.Number = itsm.SupplierNumber(int64(1e9 + i))
		n.Supplier, n.Explanation = &s, s.Explain()
	}
	return n
}

func TestACrowdOfSuppliersFits(t *testing.T) {
	for k, n := range manySupplied() {
		said := n.Comment
		for _, kind := range []itsm.NoticeKind{itsm.NoticeCard, itsm.NoticeTell, itsm.NoticeComment, itsm.NoticeDecide, itsm.NoticeEvidence, itsm.NoticeSignOff} {
			if (kind == itsm.NoticeDecide && k != 1) || (kind == itsm.NoticeEvidence || kind == itsm.NoticeSignOff) && k != 2 {
				continue
			}
			for _, over := range []bool{false, true} {
				n.Kind, n.Over, n.Comment = kind, over, said
				requireLegal(t, Notice(n, links))
				if n.Comment = nil; kind != itsm.NoticeComment {
					m := Notice(n, links)
					requireLegal(t, m)
					require.NotEmpty(t, actionIDs(t, m.Blocks), "however much there is, it can be acted on")
				}
			}
		}
		a := Around{}
		for range 300 {
			a.Timeline, a.Said = append(a.Timeline, n.Event), append(a.Said, *said)
		}
		n.Kind = Show
		m := SupplierDetails(n, a, links)
		requireLegal(t, m)
		require.NotEmpty(t, actionIDs(t, m.Blocks))
		requireLegal(t, SupplierStanding(n, links))
		requireLegal(t, SupplierTimeline(n, a.Timeline, links))
		n.Kind = ""
		requireLegal(t, ListedSuppliers(strings.Repeat("&", 200), "open", slices.Repeat([]itsm.Notice{n}, 1)))
		requireLegal(t, DueSuppliers([]itsm.Notice{n}))
		all := []itsm.Notice{}
		for i := range MaxListed + 1 {
			all = append(all, numbered(n, i))
		}
		for _, m := range []Message{ListedSuppliers("Open", "open", all), DueSuppliers(all)} {
			requireLegal(t, m)
			require.Greater(t, len(actionIDs(t, m.Blocks)), MaxListed, "all can be acted on")
		}
		require.Contains(t, words(DueSuppliers(all)), "These are due first")
		requireLegal(t, Message{Text: "x", Blocks: My(Mine{Waiting: entriesOf(all...)}).Blocks})
	}
}
