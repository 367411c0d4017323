package cards

import (
	"slices"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// paperChoices are what people can do to a supplier, a contract or a review, by act. They
// are shown in the order in which the record has the acts: the most likely first.
var paperChoices = map[itsm.Act][]choice{ //nolint:exhaustive // those of these kinds
	itsm.ActSupplierMove:    {{verb: "move", label: "Move on…", style: slack.StylePrimary}},
	itsm.ActSupplierEdit:    {{verb: "edit", label: "Edit…"}},
	itsm.ActDiligence:       {{verb: "assess", label: "Due diligence…"}},
	itsm.ActCertificate:     {{verb: "certificate", label: "Certificate…"}},
	itsm.ActExitPlan:        {{verb: "exit", label: "Exit plan…"}},
	itsm.ActSupplierComment: {{verb: "comment", label: "Comment…"}},

	itsm.ActContractDecide: {
		{verb: "approve", label: "Approve", style: slack.StylePrimary}, {verb: "reject", label: "Reject…", style: slack.StyleDanger}, {verb: "abstain", label: "Abstain"},
	},
	itsm.ActGiveNotice:      {{verb: "notice", label: "Notice was given…", style: slack.StylePrimary}},
	itsm.ActContractReview:  {{verb: "compare", label: "Compare with needs…"}},
	itsm.ActContractComment: {{verb: "comment", label: "Comment…"}},
	itsm.ActContractCancel:  {{verb: "cancel", label: "Cancel…", style: slack.StyleDanger}},

	itsm.ActMeasure:       {{verb: "measure", label: "Give a measure…", style: slack.StylePrimary}},
	itsm.ActSeen:          {{verb: "seen", label: "See evidence…", style: slack.StylePrimary}},
	itsm.ActScore:         {{verb: "score", label: "Score"}},
	itsm.ActMeet:          {{verb: "meet", label: "Record the meeting…", style: slack.StylePrimary}},
	itsm.ActAgree:         {{verb: "action", label: "Agree on actions…", style: slack.StylePrimary}},
	itsm.ActSignOff:       {{verb: "sign-off", label: "Sign off", style: slack.StylePrimary}},
	itsm.ActReviewComment: {{verb: "comment", label: "Comment…"}},
	itsm.ActReviewCancel:  {{verb: "cancel", label: "Cancel…", style: slack.StyleDanger}},
}

// proposalChoices are what others can be asked for, by decision.
var proposalChoices = map[itsm.ContractDecision]choice{
	itsm.ApproveContract:     {verb: "propose", label: "Propose for approval…", style: slack.StylePrimary},
	itsm.RenewContract:       {verb: "renew", label: "Renew…"},
	itsm.RenegotiateContract: {verb: "renegotiate", label: "Renegotiate…"},
	itsm.TerminateContract:   {verb: "terminate", label: "Terminate…", style: slack.StyleDanger},
	itsm.AmendContract:       {verb: "amend", label: "Amend…"},
}

// paperOffered divides what can be done into buttons and the lines of the menu.
func paperOffered(n itsm.Notice, acts []itsm.Act) (buttons, menu []choice) {
	var all []choice
	for _, a := range acts {
		all = append(all, paperChoices[a]...)
		if a == itsm.ActContractPropose {
			for _, d := range n.Contract.Proposable() {
				all = append(all, proposalChoices[d])
			}
		}
		if a == itsm.ActCertificate && slices.ContainsFunc(n.Supplier.Certificates, func(c itsm.Certificate) bool { return c.EndedAt == nil }) {
			all = append(all, choice{verb: "end-certificate", label: "End a certificate…"})
		}
	}
	return divided(n.Kind, all)
}

// paperRow offers the acts on a supplier, a contract or a review; every copy offers its
// details too.
func paperRow(place string, n itsm.Notice, p paper, acts []itsm.Act, details bool) *slack.ActionBlock {
	buttons, menu := paperOffered(n, acts)
	if details {
		label := "Details"
		if n.Kind == "" && slices.Contains(n.Explanation.Acts, itsm.ActContractDecide) { // in a list
			label = "Read and decide"
		}
		buttons = append(slices.Clone(buttons), choice{verb: "show", label: label})
	}
	return rowOf(p.kind, place, p.claim, buttons, menu, p.sure)
}

// newSupplier is the button that opens the form for a supplier.
func newSupplier() *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement("supplier.new", "", PlainText("Record a supplier"))
}
