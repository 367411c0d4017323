package chatops

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// supplierWords is which suppliers, contracts or reviews somebody wants listed.
type supplierWords struct {
	kind                itsm.RecordKind
	all, owned, waiting bool
	tier                itsm.SupplierTier
	state               itsm.State
	of                  itsm.Number    // a supplier, of contracts and reviews
	service             itsm.ServiceID // of suppliers
}

var supplierKindWords = map[string]itsm.RecordKind{
	"suppliers": itsm.KindSupplier, "supplier": itsm.KindSupplier, "contracts": itsm.KindContract, "contract": itsm.KindContract, "reviews": itsm.KindReview, "review": itsm.KindReview,
}

// listedWords reads them, in any order. What is none of them is returned.
func listedWords(words []string) (l supplierWords, unknown string) {
	l.kind = itsm.KindSupplier
	for _, w := range words { // what is listed says which states there are
		if k := supplierKindWords[w]; k != "" {
			l.kind = k
		}
	}
	for _, w := range words {
		number := typed.Number(w, "")
		service, named := strings.CutPrefix(w, "service=")
		switch {
		case supplierKindWords[w] != "", w == "open":
		case w == "all":
			l.all = true
		case w == "owned" || w == "mine":
			l.owned = true
		case w == "waiting":
			l.waiting = true
		case l.kind == itsm.KindSupplier && slices.Contains(itsm.SupplierTiers, itsm.SupplierTier(w)):
			l.tier = itsm.SupplierTier(w)
		case slices.Contains(l.kind.States(), itsm.State(w)):
			l.state = itsm.State(w)
		case l.kind != itsm.KindSupplier && number.Of(ofSuppliers):
			l.of = number
		case l.kind == itsm.KindSupplier && named:
			l.service = itsm.ServiceID(service)
		default:
			return l, w
		}
	}
	return l, ""
}

// supplierListables are the words that a list of a kind is asked for by.
func supplierListables(kind itsm.RecordKind) []string {
	all := []string{"open", "all", "owned", "waiting", "suppliers", "contracts", "reviews"}
	for _, t := range itsm.SupplierTiers {
		all = append(all, string(t))
	}
	for _, s := range kind.States() {
		all = append(all, string(s))
	}
	return all
}

// title is what a list is called.
func (l supplierWords) title() string {
	what := l.kind.Words() + "s"
	if l.kind == itsm.KindReview {
		what = "reviews of suppliers"
	}
	parts := []string{"Open", what}
	switch {
	case l.state != "":
		parts[0] = "All " + l.state.Words()
	case l.all:
		parts[0] = "All"
	}
	if l.tier != "" {
		parts = slices.Insert(parts, 1, cards.Words(l.tier))
	}
	for _, more := range []struct {
		is   bool
		says string
	}{{l.of != "", "of " + string(l.of)}, {l.service != "", "that " + string(l.service) + " depends on"}, {l.owned, "that you answer for"}, {l.waiting, "that wait for you"}} {
		if more.is {
			parts = append(parts, more.says)
		}
	}
	return strings.Join(parts, " ")
}

// listSuppliers answers /supplier list with suppliers, contracts or reviews, newest first.
func (b *Bot) listSuppliers(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	words := strings.Fields(strings.ToLower(rest))
	if slices.Contains(words, "due") {
		return b.dueSuppliers(ctx, who, r, "")
	}
	l, word := listedWords(words)
	if word != "" {
		return unknown("/supplier", cards.Unescape(r.Typed), cmp.Or(nearest("/supplier list", word, supplierListables(l.kind)), "/supplier list open")), nil
	}
	return b.supplierList(ctx, who, cmp.Or(strings.Join(words, ":"), "open"))
}

// supplierList is the list that a message's block is named after: its words, with colons
// between them.
func (b *Bot) supplierList(ctx context.Context, who desk.Caller, place string) (answer, error) {
	if place == "due" {
		return b.dueSuppliers(ctx, who, request{}, "")
	}
	l, word := listedWords(strings.Split(place, ":"))
	if word != "" {
		return answer{}, forgotten()
	}
	all, err := b.listedSupplied(ctx, who, l, cards.MaxListed+1)
	if err != nil {
		return answer{}, err
	}
	people, err := b.people(ctx, who)
	if err != nil {
		return answer{}, err
	}
	for n := range all {
		all[n].People = people
		all[n] = b.offeredSupplier(who, all[n])
	}
	return shown(cards.ListedSuppliers(l.title(), place, all)), nil
}

func (b *Bot) people(ctx context.Context, who desk.Caller) (map[itsm.PersonID]itsm.Person, error) {
	all, err := b.desk.People(ctx, who)
	return byID(all), err
}

// listedSupplied reads at most so many of them.
func (b *Bot) listedSupplied(ctx context.Context, who desk.Caller, l supplierWords, most int) (all []itsm.Notice, err error) {
	open := !l.all && l.state == ""
	switch l.kind { //nolint:exhaustive // those that are listed here
	case itsm.KindContract:
		page, err := b.desk.Contracts(ctx, who, desk.ContractList{State: itsm.ContractState(l.state), Open: open, Supplier: l.of, Owned: l.owned, Waiting: l.waiting, Limit: most})
		for n := range page.Items {
			all = append(all, itsm.Notice{Contract: &page.Items[n]})
		}
		return all, err
	case itsm.KindReview:
		page, err := b.desk.Reviews(ctx, who, desk.ReviewList{State: itsm.ReviewState(l.state), Open: open, Supplier: l.of, Owned: l.owned, Waiting: l.waiting, Limit: most})
		for n := range page.Items {
			all = append(all, itsm.Notice{Review: &page.Items[n]})
		}
		return all, err
	}
	page, err := b.desk.Suppliers(ctx, who, desk.SupplierList{State: itsm.SupplierState(l.state), Open: open, Tier: l.tier, Service: l.service, Owned: l.owned, Waiting: l.waiting, Limit: most})
	for n := range page.Items {
		all = append(all, itsm.Notice{Supplier: &page.Items[n]})
	}
	return all, err
}

// soonDue is how far ahead /supplier due looks, and atOnce how many records of a kind it
// looks at.
const (
	soonDue = 90 * 24 * time.Hour
	atOnce  = 200
)

// dueSuppliers answers /supplier due with what is due soon of suppliers and reviews, and of
// contracts for whoever may read them, what is due first first.
func (b *Bot) dueSuppliers(ctx context.Context, who desk.Caller, _ request, _ string) (answer, error) {
	type due struct {
		itsm.Notice

		at time.Time
	}
	var all []due
	for _, k := range []itsm.RecordKind{itsm.KindSupplier, itsm.KindContract, itsm.KindReview} {
		if k == itsm.KindContract && who.May(itsm.ReadContracts) != nil { // that there are any is not theirs to know
			continue
		}
		found, err := b.listedSupplied(ctx, who, supplierWords{kind: k}, atOnce)
		if err != nil {
			return answer{}, err
		}
		for _, n := range found {
			if at, some := firstDue(n); some && at.Before(b.now().Add(soonDue)) {
				all = append(all, due{b.offeredSupplier(who, n), at})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y due) int { return x.at.Compare(y.at) })
	people, err := b.people(ctx, who)
	if err != nil {
		return answer{}, err
	}
	listed := make([]itsm.Notice, len(all))
	for n := range all {
		listed[n] = all[n].Notice
		listed[n].People = people
	}
	return shown(cards.DueSuppliers(listed)), nil
}

// firstDue is when the first of what is to be done for a record is due.
func firstDue(n itsm.Notice) (at time.Time, some bool) {
	var all []itsm.Due
	switch {
	case n.Contract != nil:
		all = n.Contract.Dues()
	case n.Review != nil:
		all = n.Review.Dues()
	default:
		all = n.Supplier.Dues()
	}
	if len(all) == 0 {
		return at, false
	}
	return all[0].At, true
}
