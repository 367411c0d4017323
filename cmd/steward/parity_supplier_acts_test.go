package main

import (
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// suppliedKinds are the three kinds of record, in the order in which one needs the other.
var suppliedKinds = []suppliedKind{
	{
		name: "supplier", read: itsm.ReadSuppliers, absent: "SUP-9999999", stages: []string{"proposed", "due_diligence", "active", "rejected"}, acts: supplierActs, make: (*visitor).supplierIn,
		reads: map[string][2]string{
			"readSupplier": {"", "show"}, "readSupplierTimeline": {"/timeline", "timeline"}, "explainSupplier": {"/explain", "explain"},
			"listSupplierComments": {"/comments", "show"}, "readSupplierRelations": {"/relations", "show"},
		},
	},
	{
		name: "contract", read: itsm.ReadContracts, absent: "CON-9999999", stages: []string{"draft", "under_review", "active", "terminating", "cancelled"}, acts: contractActs, make: (*visitor).contractIn,
		reads: map[string][2]string{
			"readContract": {"", "contract"}, "readContractTimeline": {"/timeline", "timeline"}, "explainContract": {"/explain", "explain"},
			"listContractComments": {"/comments", "show"}, "readContractRelations": {"/relations", "show"},
		},
	},
	{
		name: "review", read: itsm.ReadSuppliers, absent: "SUP-1/2199-01", stages: []string{"collecting", "measured", "seen", "scored", "meeting", "actions", "closed"}, acts: reviewActs, make: (*visitor).reviewIn,
		reads: map[string][2]string{
			"readSupplierReview": {"", "review"}, "readSupplierReviewTimeline": {"/timeline", "timeline"}, "explainSupplierReview": {"/explain", "explain"}, "listSupplierReviewComments": {"/comments", "show"},
		},
	},
}

var supplierActs = []suppliedAct{
	{"moveSupplier", "move", body(map[string]any{"to": "due_diligence", "note": "It is needed."}), "move", "due diligence It is needed.", nil, func(v *visitor, n itsm.Number) error {
		return v.supplierAt(n).CheckMove(v.actor, itsm.MoveRequest{To: itsm.SupplierDueDiligence, Note: "It is needed."})
	}},
	{"moveSupplier", "move", body(map[string]any{"to": "watch", "note": "It is late."}), "move", "watch It is late.", nil, func(v *visitor, n itsm.Number) error {
		return v.supplierAt(n).CheckMove(v.actor, itsm.MoveRequest{To: itsm.SupplierWatched, Note: "It is late."})
	}},
	{"assessSupplier", "assess", body(map[string]any{"suitable": true, "note": "Sound, see " + itsLog, "evidence": asLogged}), "assess", "suitable Sound, see " + itsLog, nil, func(v *visitor, n itsm.Number) error {
		return v.supplierAt(n).CheckDiligence(v.actor, itsm.DiligenceRequest{Suitable: true, Note: "Sound.", Evidence: logged})
	}},
	{"certifySupplier", "certificates", body(map[string]any{"name": "ISO 27001", "expires": someDay}), "certificate", "ISO 27001 " + someDay.String(), nil, func(v *visitor, n itsm.Number) error {
		return v.supplierAt(n).CheckCertificate(v.actor, itsm.CertificateRequest{Name: "ISO 27001", Expires: someDay})
	}},
	{"certifySupplier", "certificates", body(map[string]any{"id": 7, "end": true}), "end", "7", nil, func(v *visitor, n itsm.Number) error {
		return v.supplierAt(n).CheckCertificate(v.actor, itsm.CertificateRequest{ID: 7, End: true})
	}},
	{"planSupplierExit", "exit", body(map[string]any{"text": "Another has room.", "tested": true}), "exit", "", map[string]string{"text": "Another has room.", "tested": "yes"}, func(v *visitor, n itsm.Number) error {
		return v.supplierAt(n).CheckExit(v.actor, itsm.ExitRequest{Text: "Another has room."})
	}},
	{"editSupplier", "edit", func(v *visitor, n itsm.Number) any {
		r := itsm.ProfileRequest{}
		if s, err := v.owner.Supplier(v.t.Context(), n); err == nil {
			r.SupplierProfile, r.Revision = s.SupplierProfile, s.Revision
		} else { // of one that there is not
			r.SupplierProfile = v.supplierAt(v.shared["of all"]).SupplierProfile
		}
		r.Name = "Hosting Inc"
		return r
	}, "edit", "", map[string]string{"name": "Hosting Inc"}, func(v *visitor, n itsm.Number) error {
		s := v.supplierAt(n)
		r := itsm.ProfileRequest{SupplierProfile: s.SupplierProfile, Revision: s.Revision}
		r.Name = "Hosting Inc"
		return s.CheckEdit(v.actor, r)
	}},
	{"commentOnSupplier", "comments", body(map[string]any{"text": "Look at the log."}), "comment", "Look at the log.", nil, func(v *visitor, n itsm.Number) error {
		return v.supplierAt(n).CheckComment(v.actor, itsm.CommentRequest{Text: "Look at the log."}, itsm.Talk{})
	}},
}

// proposed is the rule of one decision that others are asked for.
func proposed(d itsm.ContractDecision) func(v *visitor, n itsm.Number) error {
	return func(v *visitor, n itsm.Number) error {
		return v.contractAt(n).CheckPropose(v.actor, itsm.ProposalRequest{Decision: d, Note: "It is time.", Effect: "None."}, time.Now())
	}
}

var contractActs = []suppliedAct{
	{"proposeForContract", "propose", body(map[string]any{"decision": "approve", "note": "It is time.", "effect": "None."}), "propose", "approve It is time.", map[string]string{"decision": "approve", "effect": "None."}, proposed(itsm.ApproveContract)},
	{"proposeForContract", "propose", body(map[string]any{"decision": "renew", "note": "It is time."}), "renew", "It is time.", nil, proposed(itsm.RenewContract)},
	{"proposeForContract", "propose", body(map[string]any{"decision": "terminate", "note": "It is time."}), "terminate", "It is time.", nil, proposed(itsm.TerminateContract)},
	{"decideContract", "decide", body(map[string]any{"verdict": "approve"}), "approve", "", nil, func(v *visitor, n itsm.Number) error {
		return v.contractAt(n).CheckDecision(v.actor, itsm.DecisionRequest{Verdict: itsm.Approve})
	}},
	{"decideContract", "decide", body(map[string]any{"verdict": "reject", "note": "Too dear."}), "decide", "reject Too dear.", nil, func(v *visitor, n itsm.Number) error {
		return v.contractAt(n).CheckDecision(v.actor, itsm.DecisionRequest{Verdict: itsm.Reject, Note: "Too dear."})
	}},
	{"giveNotice", "notice", body(map[string]any{"evidence": asLogged}), "notice", itsLog, nil, func(v *visitor, n itsm.Number) error {
		return v.contractAt(n).CheckGiveNotice(v.actor, itsm.GiveNoticeRequest{Evidence: logged})
	}},
	{"reviewContract", "review", body(map[string]any{"note": "It fits."}), "compare", "It fits.", nil, func(v *visitor, n itsm.Number) error {
		return v.contractAt(n).CheckReview(v.actor, itsm.ContractReview{Note: "It fits."})
	}},
	{"cancelContract", "cancel", body(map[string]any{"note": "Nobody needs it."}), "cancel", "Nobody needs it.", nil, func(v *visitor, n itsm.Number) error {
		return v.contractAt(n).CheckCancel(v.actor, itsm.Cancellation{Note: "Nobody needs it."})
	}},
	{"commentOnContract", "comments", body(map[string]any{"text": "Look at the log."}), "comment", "Look at the log.", nil, func(v *visitor, n itsm.Number) error {
		return v.contractAt(n).CheckComment(v.actor, itsm.CommentRequest{Text: "Look at the log."}, itsm.Talk{})
	}},
}

var reviewActs = []suppliedAct{
	{"measureSupplierReview", "measure", body(map[string]any{"name": hours, "value": "12", "evidence": asLogged}), "submit", "1 12 see " + itsLog, nil, func(v *visitor, n itsm.Number) error {
		return v.reviewAt(n).CheckMeasure(v.actor, itsm.ReadingRequest{Name: hours, Value: new(itsm.Amount(12_000)), Evidence: logged})
	}},
	{"seeSupplierReading", "see", body(map[string]any{"name": hours}), "seen", hours, nil, func(v *visitor, n itsm.Number) error {
		return v.reviewAt(n).CheckSeen(v.actor, itsm.SeenRequest{Name: hours})
	}},
	{"scoreSupplierReview", "score", body(map[string]any{"note": "By what is known."}), "score", "By what is known.", nil, func(v *visitor, n itsm.Number) error {
		return v.reviewAt(n).CheckScore(v.actor, itsm.NoteRequest{})
	}},
	{"meetSupplier", "meet", body(map[string]any{"attendees": []string{"Zoe", "Ida"}, "note": "They add a line."}), "meet", "with Zoe, Ida: They add a line.", nil, func(v *visitor, n itsm.Number) error {
		return v.reviewAt(n).CheckMeet(v.actor, itsm.MeetingRequest{Attendees: []string{"Zoe"}, Note: "They add a line."})
	}},
	{
		"agreeSupplierActions", "agree", body(map[string]any{"actions": []map[string]any{{"title": "Add a line", "owner": "ida", "due": someDay}}}),
		"action", "@ida " + someDay.String() + " Add a line", nil,
		func(v *visitor, n itsm.Number) error {
			return v.reviewAt(n).CheckAgree(v.actor, itsm.AgreeRequest{Actions: []itsm.ReviewAction{{Title: "Add a line", Owner: "ida", Due: someDay}}})
		},
	},
	{"signOffSupplierReview", "sign-off", body(map[string]any{}), "sign-off", "", nil, func(v *visitor, n itsm.Number) error {
		return v.reviewAt(n).CheckSignOff(v.actor, itsm.NoteRequest{})
	}},
	{"cancelSupplierReview", "cancel", body(map[string]any{"note": "Nobody needs it."}), "cancel", "Nobody needs it.", nil, func(v *visitor, n itsm.Number) error {
		return v.reviewAt(n).CheckCancel(v.actor, itsm.Cancellation{Note: "Nobody needs it."})
	}},
	{"commentOnSupplierReview", "comments", body(map[string]any{"text": "Look at the log."}), "comment", "Look at the log.", nil, func(v *visitor, n itsm.Number) error {
		return v.reviewAt(n).CheckComment(v.actor, itsm.CommentRequest{Text: "Look at the log."}, itsm.Talk{})
	}},
}

// hours is a measure that every review has.
const hours = "Hours that incidents waited for it"

// supplierIn brings a supplier to a stage.
func (v *visitor) supplierIn(stage string) itsm.Number {
	v.t.Helper()
	v.rested(v.t)
	n := v.world.supplier()
	switch stage {
	case "due_diligence":
		v.world.moves(n, itsm.SupplierDueDiligence)
	case "active":
		v.world.supplies(n)
	case "rejected":
		v.world.moves(n, itsm.SupplierRejected)
	}
	return n
}

// contractIn brings a contract to a stage.
func (v *visitor) contractIn(stage string) itsm.Number {
	v.t.Helper()
	v.rested(v.t)
	w, ctx := v.world, v.t.Context()
	r, err := w.desk.RaiseContract(ctx, w.called("eve"), contractOf(v.shared["of all"]))
	require.NoError(v.t, err)
	n := r.Number
	switch stage {
	case "under_review":
		_, err = w.desk.ProposeForContract(ctx, w.called("eve"), n, itsm.ProposalRequest{Decision: itsm.ApproveContract, Note: "It is time.", Effect: "None."})
		w.eventually("somebody is asked about "+string(n), func() bool {
			c := v.contractAt(n)
			return c.Deciding.Opening != nil && c.Deciding.Opening.Round == c.Deciding.Round
		})
	case "active", "terminating":
		w.decides(n, itsm.ProposalRequest{Decision: itsm.ApproveContract}, itsm.Approve)
		w.binds(n, itsm.ContractActive)
		if stage == "terminating" {
			w.decides(n, itsm.ProposalRequest{Decision: itsm.TerminateContract}, itsm.Approve)
			w.binds(n, itsm.ContractTerminating)
		}
	case "cancelled":
		_, err = w.desk.CancelContract(ctx, w.called("eve"), n, itsm.Cancellation{Note: "Nobody needs it."})
	}
	require.NoError(v.t, err)
	return n
}

// months counts the reviews that were made: each is of a month of its own.
var months atomic.Int64

// reviewIn brings a review to a stage: eve gives its measure and scores it, and bob sees
// its evidence and signs it off.
func (v *visitor) reviewIn(stage string) itsm.Number {
	v.t.Helper()
	v.rested(v.t)
	w, ctx := v.world, v.t.Context()
	back := int(months.Add(1))
	n := w.review(v.shared["of all"], itsm.PeriodOf(itsm.Monthly, itsm.DateOf(time.Now().UTC()).AddMonths(-back)))
	eve, bob := w.called("eve"), w.called("bob")
	for _, s := range []struct {
		stage string
		do    func() (itsm.Receipt, error)
	}{
		{"measured", func() (itsm.Receipt, error) {
			return w.desk.MeasureReview(ctx, eve, n, itsm.ReadingRequest{Name: hours, Value: new(itsm.Amount(9_000)), Evidence: logged})
		}},
		{"seen", func() (itsm.Receipt, error) {
			return w.desk.SeeReading(ctx, bob, n, itsm.SeenRequest{Name: hours})
		}},
		{"scored", func() (itsm.Receipt, error) {
			return w.desk.ScoreReview(ctx, eve, n, itsm.NoteRequest{})
		}},
		{"meeting", func() (itsm.Receipt, error) {
			return w.desk.MeetReview(ctx, eve, n, itsm.MeetingRequest{Attendees: []string{"Zoe"}, Note: "Fine."})
		}},
		{"actions", func() (itsm.Receipt, error) {
			return w.desk.AgreeAction(ctx, eve, n, itsm.AgreeRequest{Actions: []itsm.ReviewAction{{Title: "Add a line", Owner: "ida", Due: someDay}}})
		}},
		{"closed", func() (itsm.Receipt, error) {
			return w.desk.SignOffReview(ctx, bob, n, itsm.NoteRequest{})
		}},
	} {
		if stage == "collecting" {
			break
		}
		_, err := s.do()
		require.NoError(v.t, err, s.stage)
		if s.stage == stage {
			break
		}
	}
	return n
}
