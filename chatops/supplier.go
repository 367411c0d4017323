package chatops

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// suppliers is what the door knows of suppliers. Their contracts and reviews are reached by
// the same command.
var suppliers = &kind{
	name: "supplier", prefix: ofSuppliers, verbs: supplierVerbs,
	others: map[string]subcommand{
		"new": (*Bot).newSupplier, "list": (*Bot).listSuppliers, "due": (*Bot).dueSuppliers, "review": (*Bot).reviewTyped, "contract": (*Bot).contractTyped,
		"my": (*Bot).myTyped, "help": (*Bot).supplierHelp,
	},
	also: map[string]string{"due-diligence": "assess", "exit-plan": "exit", "end": "end-certificate"},
	read: func(b *Bot, ctx context.Context, who desk.Caller, n itsm.Number) (subject, error) {
		return b.supplier(ctx, who, n)
	},
	given: (*Bot).givenOfSupplier, stead: (*Bot).newestReview, meant: supplierMeant,
}

func (b *Bot) supplier(ctx context.Context, who desk.Caller, n itsm.Number) (*itsm.Supplier, error) {
	s, err := b.desk.Supplier(ctx, who, n)
	return &s, err
}

// supplierVerbs are what people do to a supplier.
var supplierVerbs = map[string]verb{
	"show":     {do: (*Bot).showSupplier, look: true},
	"status":   {do: (*Bot).supplierStatus, look: true},
	"explain":  {do: (*Bot).supplierStatus, look: true},
	"timeline": {do: (*Bot).supplierTimeline, look: true},

	"move": {
		do: supplierDeed("You moved on", (*Bot).moveSupplier, nil), act: itsm.ActSupplierMove, rule: on(mayMove), read: fields(typed.Move),
		form: &form.Why{
			Callback: "supplier.move", Title: "Move on", Block: "note", Label: "Why?", Submit: "Move on",
			Fields: []form.Field{
				{Block: "to", Label: "What is it from now on?", Offered: true},
				{Block: "evidence", Label: "What shows that?", Hint: form.EvidenceHint + " Needed when it is offboarded: that all data is back.", Long: true, Optional: true},
			},
		},
	},
	"assess": {
		do: supplierDeed("You recorded the due diligence of", (*Bot).assessSupplier, cards.SupplierThen("`/supplier move %s` moves it on.")), act: itsm.ActDiligence, rule: on(mayAssess), read: fields(typed.Assess),
		form: &form.Why{
			Callback: "supplier.assess", Title: "Due diligence", Block: "note", Label: "What was found?", Submit: "Record",
			Fields: []form.Field{
				{Block: "suitable", Label: "Is it suitable?", Options: []form.Option{{Value: "yes", Words: "Yes"}, {Value: "no", Words: "No"}}},
				{Block: "evidence", Label: "What shows that?", Hint: form.EvidenceHint, Long: true},
			},
		},
	},
	"certificate": {
		do: supplierDeed("You recorded a certificate of", (*Bot).certify, cards.SupplierThen("People are told before it expires.")), act: itsm.ActCertificate, rule: on(mayCertify), read: fields(typed.Certificate),
		form: &form.Why{
			Callback: "supplier.certificate", Title: "Certificate", Submit: "Record",
			Fields: []form.Field{
				{Block: "name", Label: "What is it called?", Hint: "Such as ISO 27001. One of that name that there is already is renewed."},
				{Block: "expires", Label: "Until when is it valid?", Day: true},
				{Block: "url", Label: "Where is it?", Hint: "An address.", Optional: true},
			},
		},
	},
	"end-certificate": {
		do: supplierDeed("You ended a certificate of", (*Bot).endCertificate, nil), act: itsm.ActCertificate, rule: on(mayEndCertificate), read: fields(typed.Which),
		form: &form.Why{
			Callback: "supplier.end-certificate", Title: "End of", Submit: "It is not needed",
			Fields: []form.Field{{Block: "id", Label: "Which certificate is not needed any more?", Offered: true}},
		},
	},
	"exit": {open: (*Bot).openExit},
	"edit": {open: (*Bot).openProfile},
	"comment": {
		do: supplierDeed("You commented on", (*Bot).commentOnSupplier, cards.SupplierThen("It stands below its card.")), act: itsm.ActSupplierComment, rule: on(mayCommentOnSupplier),
		form: &form.Why{Callback: "supplier.comment", Title: "Comment on", Block: "text", Label: "What do you want to say?", Submit: "Comment", Means: "It stands below its card, for all who may see it."},
	},
}

// givenOfSupplier is what a form about a supplier knows already: what was typed, what it
// can become, and which of its certificates are needed.
func (b *Bot) givenOfSupplier(_ context.Context, _ desk.Caller, s subject, v verb, w wish) (form.Given, error) {
	one, _ := s.(*itsm.Supplier)
	g := form.Given{Headline: cards.SupplierHeadline(one), Said: map[string]string{v.form.Block: w.note}, Offers: map[string][]form.Option{}}
	for _, to := range itsm.SupplierMoves[one.State] {
		g.Offers["to"] = append(g.Offers["to"], form.Option{Value: string(to), Words: to.Words()})
	}
	for _, c := range one.Certificates {
		if c.EndedAt == nil {
			g.Offers["id"] = append(g.Offers["id"], form.Option{Value: fmt.Sprint(c.ID), Words: cards.Cut(fmt.Sprintf("%d. %s, until %s", c.ID, c.Name, c.On), 70, "…")})
		}
	}
	maps.Copy(g.Said, w.said)
	return g, nil
}

// reviewed are the verbs that mean the newest review of a supplier, where its number is
// typed.
var reviewed = []string{"submit", "measure", "seen", "saw", "score", "meet", "action", "actions", "agree", "sign-off", "sign"}

// newestReview is the review that is meant by a verb of reviews and the number of a
// supplier.
func (b *Bot) newestReview(ctx context.Context, who desk.Caller, n itsm.Number, verb string) (itsm.Number, error) {
	if !slices.Contains(reviewed, verb) {
		return n, nil
	}
	if _, err := b.desk.Supplier(ctx, who, n); err != nil {
		return n, err
	}
	page, err := b.desk.Reviews(ctx, who, desk.ReviewList{Supplier: n, Limit: 1})
	if err != nil {
		return n, err
	}
	if len(page.Items) == 0 {
		return n, itsm.Refuse(itsm.NotFound, "slack.no_review", "%s has no review yet. One begins by itself when a period has ended.", n)
	}
	return page.Items[0].Number, nil
}

// supplierMeant is the verb that people mean who type one that is of another kind of
// record: review CON-2 compares the contract with what services need.
func supplierMeant(name, rest string) (verb, after string) {
	if first, _ := typed.Word(rest); name == "review" && typed.Number(first, "").Of(ofContracts) {
		return "compare", rest
	}
	return decideMeant(name, rest)
}

// reviewTyped shows the newest review of a supplier, or the one of that number.
func (b *Bot) reviewTyped(ctx context.Context, who desk.Caller, _ request, rest string) (answer, error) {
	first, _ := typed.Word(rest)
	n, err := numbered(first, ofSuppliers)
	if err != nil {
		return answer{}, err
	}
	if n.Of(ofSuppliers) {
		if n, err = b.newestReview(ctx, who, n, "score"); err != nil {
			return answer{}, err
		}
	}
	return b.showSupplier(ctx, who, wish{Claim: cards.Claim{Number: n}})
}

// contractTyped shows a contract, or drafts one: contract CON-2, contract new SUP-4.
func (b *Bot) contractTyped(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	first, after := typed.Word(rest)
	if strings.EqualFold(first, "new") {
		return b.newContract(ctx, who, r, after)
	}
	n, err := numbered(first, ofContracts)
	if err != nil {
		return answer{}, err
	}
	return b.showSupplier(ctx, who, wish{Claim: cards.Claim{Number: n}})
}

func (b *Bot) supplierHelp(context.Context, desk.Caller, request, string) (answer, error) {
	return shown(cards.SupplierHelp()), nil
}
