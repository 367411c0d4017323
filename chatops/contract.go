package chatops

import (
	"context"
	"maps"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// contracts is what the door knows of contracts with suppliers. Whoever may not read them
// is told the same of one that there is as of one that there is not: the desk sees to it.
var contracts = &kind{
	name: "contract", under: "supplier", prefix: ofContracts, verbs: contractVerbs,
	also: map[string]string{"give-notice": "notice"},
	read: func(b *Bot, ctx context.Context, who desk.Caller, n itsm.Number) (subject, error) {
		return b.contract(ctx, who, n)
	},
	given: (*Bot).givenOfContract,
}

func (b *Bot) contract(ctx context.Context, who desk.Caller, n itsm.Number) (*itsm.Contract, error) {
	c, err := b.desk.Contract(ctx, who, n)
	return &c, err
}

// contractVerbs are what people do to a contract.
var contractVerbs = map[string]verb{
	"show":     {do: (*Bot).showSupplier, look: true},
	"status":   {do: (*Bot).supplierStatus, look: true},
	"explain":  {do: (*Bot).supplierStatus, look: true},
	"timeline": {do: (*Bot).supplierTimeline, look: true},

	"propose": {
		do: contractDeed("You proposed what becomes of", (*Bot).proposeSaid, othersAsked), act: itsm.ActContractPropose, rule: on(mayPropose("")), form: proposeForm, open: (*Bot).openProposal, read: fields(typed.Propose), need: "effect",
	},
	"renew":       proposing(itsm.RenewContract, "Renew"),
	"renegotiate": proposing(itsm.RenegotiateContract, "Renegotiate"),
	"terminate":   proposing(itsm.TerminateContract, "Terminate"),
	"amend":       {open: (*Bot).openAmendment},

	"approve": {do: contractDeed("You approved what was proposed for", decidingContract(itsm.Approve), cards.ContractDecided)},
	"abstain": {do: contractDeed("You abstained from deciding on", decidingContract(itsm.Abstain), cards.ContractDecided)},
	"reject": {
		do: contractDeed("You rejected what was proposed for", decidingContract(itsm.Reject), cards.ContractDecided), act: itsm.ActContractDecide, rule: on(mayDecideContract),
		form: &form.Why{Callback: "contract.reject", Title: "Reject", Block: "note", Label: "Why not? Whoever proposed it reads this.", Submit: "Reject"},
	},
	"decide": {
		do: contractDeed("You decided on what was proposed for", (*Bot).decideContract, cards.ContractDecided), act: itsm.ActContractDecide, rule: on(mayDecideContract),
		form: &form.Why{
			Callback: "contract.decide", Title: "Decide on", Block: "note", Label: "Why? A rejection needs it.", Submit: "Decide", Optional: true,
			Fields: []form.Field{{Block: "verdict", Label: "Is it done?", Options: options(itsm.Verdicts, "Approve", "Reject", "Abstain")}},
		},
	},

	"notice": {
		do: contractDeed("You said that notice was given of", (*Bot).giveNotice, nil), act: itsm.ActGiveNotice, rule: on(mayGiveNotice), read: fields(typed.Evidence),
		form: &form.Why{
			Callback: "contract.notice", Title: "Notice of", Submit: "Notice was given",
			Fields: []form.Field{{Block: "evidence", Label: "What shows that it was received?", Hint: form.EvidenceHint, Long: true}},
		},
	},
	"compare": {
		do: contractDeed("You compared with what services need:", (*Bot).compareContract, nil), act: itsm.ActContractReview, rule: on(mayCompare), read: fields(typed.Compared),
		form: &form.Why{
			Callback: "contract.compare", Title: "Compare", Block: "note", Label: "What did that show?", Submit: "Record",
			Fields: []form.Field{{Block: "evidence", Label: "What shows that?", Hint: form.EvidenceHint, Long: true, Optional: true}},
			Means:  "Whether it still says what services need now.",
		},
	},
	"cancel": {
		do: contractDeed("You cancelled", (*Bot).cancelContract, nil), act: itsm.ActContractCancel, rule: on(mayCancelContract),
		form: &form.Why{Callback: "contract.cancel", Title: "Cancel", Block: "note", Label: "Why does nobody need it?", Submit: "Cancel it"},
	},
	"comment": {
		do: contractDeed("You commented on", (*Bot).commentOnContract, cards.ContractThen("It stands among its details.")), act: itsm.ActContractComment, rule: on(mayCommentOnContract),
		form: &form.Why{Callback: "contract.comment", Title: "Comment on", Block: "text", Label: "What do you want to say?", Submit: "Comment", Means: "It stands among its details, for those who may see it."},
	},
}

// othersAsked says what follows a proposal.
var othersAsked = cards.ContractThen("Others are asked.")

// saidBeside are what is said of a proposal and need not be.
var saidBeside = []form.Field{
	{Block: "risk", Label: "What is the risk?", Hint: "Needed where customers were promised more than its targets: what is done about that.", Long: true, Optional: true},
	{Block: "change", Label: "Which change carries it out?", Hint: "A number such as CHG-42.", Optional: true},
}

// proposeForm asks for what others are asked for.
var proposeForm = &form.Why{
	Callback: "contract.propose", Title: "Propose", Block: "note", Label: "Why?", Submit: "Ask others",
	Fields: append([]form.Field{
		{Block: "decision", Label: "What is to become of it?", Offered: true},
		{Block: "effect", Label: "What is the effect?", Hint: "On services, and on how they are managed.", Long: true},
	}, saidBeside...),
	Means: "Others decide on it; whoever proposes it has no say.",
}

// openProposal opens that form, once the decision that was typed is one that fits.
func (b *Bot) openProposal(ctx context.Context, who desk.Caller, r request, w wish) (answer, error) {
	c, err := opened(ctx, b, who, w.Number, itsm.ActContractPropose, (*Bot).contract, func(c *itsm.Contract) error {
		return mayPropose(itsm.ContractDecision(w.said["decision"]))(c, who.Actor, w.Claim)
	})
	if err != nil {
		return answer{}, err
	}
	given, err := b.givenOfContract(ctx, who, c, verb{form: proposeForm}, w)
	if err != nil {
		return answer{}, err
	}
	return b.offer(ctx, r, proposeForm.On(given, form.Kept{Claim: w.Claim}))
}

// proposing is the verb that asks others for one decision.
func proposing(d itsm.ContractDecision, title string) verb {
	return verb{
		do: contractDeed("You proposed what becomes of", proposal(d), othersAsked), act: itsm.ActContractPropose, rule: on(mayPropose(d)),
		form: &form.Why{
			Callback: "contract." + string(d), Title: title, Block: "note", Label: "Why?", Submit: "Ask others",
			Fields: append([]form.Field{{Block: "effect", Label: "What is the effect?", Hint: "On services, and on how they are managed.", Long: true, Optional: true}}, saidBeside...),
			Means:  "Others decide on it; whoever proposes it has no say.",
		},
	}
}

// mayPropose asks whether others can be asked for a decision; for any, where none is
// named.
func mayPropose(d itsm.ContractDecision) func(*itsm.Contract, itsm.Actor, cards.Claim) error {
	return func(c *itsm.Contract, who itsm.Actor, _ cards.Claim) error {
		r := itsm.ProposalRequest{Decision: d, Note: "why", Effect: "what", Risk: "what"}
		if d == "" {
			r.Decision = itsm.RenewContract
			if all := c.Proposable(); len(all) > 0 {
				r.Decision = all[0]
			}
		}
		if r.Decision == itsm.AmendContract {
			r.Terms = &c.ContractTerms
		}
		return c.CheckPropose(who, r, c.RaisedAt)
	}
}

// givenOfContract is what a form about a contract knows already: what was typed, and what
// others can be asked for.
func (b *Bot) givenOfContract(_ context.Context, _ desk.Caller, s subject, v verb, w wish) (form.Given, error) {
	c, _ := s.(*itsm.Contract)
	g := form.Given{Headline: cards.ContractHeadline(c), Said: map[string]string{v.form.Block: w.note}, Offers: map[string][]form.Option{}}
	for _, d := range c.Proposable() {
		if d != itsm.AmendContract { // that has a form of its own
			g.Offers["decision"] = append(g.Offers["decision"], form.Option{Value: string(d), Words: cards.Words(d)})
		}
	}
	if len(g.Offers["decision"]) == 1 {
		g.Said["decision"] = g.Offers["decision"][0].Value
	}
	maps.Copy(g.Said, w.said)
	return g, nil
}

// contractDeed is a deed on a contract that says what came of it.
func contractDeed(done string, ask asked, next cards.ContractNext) deed {
	return deedUpon(done, ask, (*Bot).contract, next)
}

// proposal asks others for one decision.
func proposal(d itsm.ContractDecision) asked {
	return func(b *Bot, ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
		return b.propose(ctx, who, w, d)
	}
}

func (b *Bot) proposeSaid(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.propose(ctx, who, w, itsm.ContractDecision(w.said["decision"]))
}

func (b *Bot) propose(ctx context.Context, who desk.Caller, w wish, d itsm.ContractDecision) (itsm.Receipt, error) {
	return b.desk.ProposeForContract(ctx, who, w.Number, itsm.ProposalRequest{
		Decision: d, Note: w.note, Effect: w.said["effect"], Risk: w.said["risk"], Change: typed.Number(w.said["change"], ofChanges),
	})
}

// decidingContract decides on the proposal that was read.
func decidingContract(v itsm.Verdict) asked {
	return func(b *Bot, ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
		w.said = typed.Fields{"verdict": string(v)}
		return b.decideContract(ctx, who, w)
	}
}

func (b *Bot) decideContract(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.DecideContract(ctx, who, w.Number, itsm.DecisionRequest{Verdict: itsm.Verdict(w.said["verdict"]), Note: w.note, ContentHash: w.ContentHash})
}

func (b *Bot) giveNotice(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.GiveNotice(ctx, who, w.Number, itsm.GiveNoticeRequest{Evidence: form.EvidenceOf(w.said["evidence"])})
}

func (b *Bot) compareContract(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.ReviewContract(ctx, who, w.Number, itsm.ContractReview{Note: w.note, Evidence: form.EvidenceOf(w.said["evidence"])})
}

func (b *Bot) cancelContract(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.CancelContract(ctx, who, w.Number, itsm.Cancellation{Note: w.note})
}

// commentOnContract comments, or answers the question whose button was pressed.
func (b *Bot) commentOnContract(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.CommentOnContract(ctx, who, w.Number, itsm.CommentRequest{Text: w.note, ReplyTo: w.ReplyTo})
}
