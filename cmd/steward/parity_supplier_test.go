package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// suppliedKind is one of the three kinds of record that suppliers have, as both doors are
// asked about it.
type suppliedKind struct {
	name   string
	read   itsm.Permission
	absent itsm.Number
	stages []string
	acts   []suppliedAct
	reads  map[string][2]string // operation: what follows the path, and the sub-command
	make   func(v *visitor, stage string) itsm.Number
}

// suppliedAct is one way to ask for an operation, as each door is asked, and the rule that
// judges it.
type suppliedAct struct {
	operation string
	path      string // of the API, behind the record's
	body      func(v *visitor, n itsm.Number) any
	typed     string            // the sub-command; the number follows it
	rest      string            // what follows the number
	form      map[string]string // what the form is given that this opens
	rule      func(v *visitor, n itsm.Number) error
}

// suppliedLists are those of no one record, each with the command that shows it.
var suppliedLists = map[string]struct {
	path, command, text string
	read                itsm.Permission
}{
	"listSuppliers":              {"/v1/suppliers", "/supplier", "list all", itsm.ReadSuppliers},
	"listContracts":              {"/v1/contracts", "/supplier", "list contracts all", itsm.ReadContracts},
	"listWaitingSuppliers":       {"/v1/me/suppliers", "/supplier", "list waiting", itsm.ReadSuppliers},
	"listWaitingContracts":       {"/v1/me/contracts", "/supplier", "list contracts waiting", itsm.ReadContracts},
	"listWaitingSupplierReviews": {"/v1/me/supplier-reviews", "/supplier", "list reviews waiting", itsm.ReadSuppliers},
	"listSupplierReviews":        {"/v1/supplier-reviews?supplier=SUP-1", "/supplier", "list reviews all sup-1", itsm.ReadSuppliers},
}

func body(m map[string]any) func(*visitor, itsm.Number) any {
	return func(*visitor, itsm.Number) any { return m }
}

// suppliedPath is the API's address of a supplier, a contract or a review.
func suppliedPath(n itsm.Number) string {
	if supplier, period, err := itsm.ParseReviewNumber(n); err == nil {
		return "/v1/suppliers/" + string(supplier) + "/reviews/" + period.String()
	}
	if strings.HasPrefix(string(n), "CON") {
		return "/v1/contracts/" + string(n)
	}
	return "/v1/suppliers/" + string(n)
}

func (v *visitor) supplierAt(n itsm.Number) *itsm.Supplier {
	v.t.Helper()
	s, err := v.owner.Supplier(v.t.Context(), n)
	require.NoError(v.t, err)
	return &s
}

func (v *visitor) contractAt(n itsm.Number) *itsm.Contract {
	v.t.Helper()
	c, err := v.owner.Contract(v.t.Context(), n)
	require.NoError(v.t, err)
	return &c
}

func (v *visitor) reviewAt(n itsm.Number) *itsm.SupplierReview {
	v.t.Helper()
	r, err := v.owner.Review(v.t.Context(), n)
	require.NoError(v.t, err)
	return &r
}

// supplierOperations are those of the contract that this test holds against Slack.
func supplierOperations() []string {
	all := []string{"raiseSupplier", "raiseContract"}
	for _, k := range suppliedKinds {
		for _, a := range k.acts {
			if !slices.Contains(all, a.operation) {
				all = append(all, a.operation)
			}
		}
		all = append(all, slices.Collect(maps.Keys(k.reads))...)
	}
	return append(all, slices.Collect(maps.Keys(suppliedLists))...)
}

// TestBothDoorsAnswerAlikeAboutSuppliers does every operation on suppliers, contracts and
// reviews through both doors, on some in every stage, as everybody, and expects the same
// code and the same sentence: those of the rules.
func TestBothDoorsAnswerAlikeAboutSuppliers(t *testing.T) {
	p := &parity{shared: map[string]itsm.Number{}, counts: map[string]map[string]int{}}
	p.world = newWorld(t, func(c *itsm.Catalog) {
		supplied(c)
		c.People = append(c.People, itsm.Person{ID: former, Name: "Fay Former", Slack: slackID(former), Zone: "UTC", Roles: []itsm.Role{}})
		p.catalog = *c
	})
	at, err := redis.ParseURL(p.config.RedisURL.Reveal())
	require.NoError(t, err)
	p.redis = redis.NewClient(at)
	t.Cleanup(func() { _ = p.redis.Close() })
	v := p.visitor(t, "ada")
	p.shared["of all"] = v.supplierIn("active") // SUP-1, whose the contracts and reviews are
	for _, k := range suppliedKinds {
		for _, s := range k.stages {
			p.shared[k.name+s] = k.make(v, s)
		}
		p.shared[k.name+"absent"] = k.absent
	}
	t.Run("as", func(t *testing.T) {
		for _, who := range []itsm.PersonID{"ana", "bob", "ida", "max", "ada", former, nobody} {
			t.Run(string(who), func(t *testing.T) {
				t.Parallel()
				v := p.visitor(t, who)
				for _, k := range suppliedKinds {
					v.readsSupplied(k)
					v.actsOnSupplied(k)
				}
				v.listsSupplied()
				v.raisesSupplied()
			})
		}
	})
	p.print()
}

func (v *visitor) actsOnSupplied(k suppliedKind) {
	for _, a := range k.acts {
		v.operation = a.operation
		for _, s := range append(slices.Clone(k.stages), "absent") {
			v.rested(v.t)
			v.triesSupplied(k, a, s)
			if v.actor.Person == "" { // whoever is unknown is refused before the record is looked at
				break
			}
		}
	}
}

// triesSupplied does what the rules refuse to the one that all share, and what they allow
// to one for each door: once in each state, since the rules know no more of it.
func (v *visitor) triesSupplied(k suppliedKind, a suppliedAct, stage string) {
	v.t.Helper()
	n := v.shared[k.name+stage]
	ruled := v.suppliedRule(k, n, a.rule)
	viaAPI, viaSlack := n, n
	if ruled == nil && v.actor.Person != "" {
		did := k.name + a.typed + a.rest + stage
		if v.left[did] {
			return
		}
		v.left[did] = true
		viaAPI, viaSlack = k.make(v, stage), k.make(v, stage)
	}
	api := v.api.say(v.call(v.who, http.MethodPost, suppliedPath(viaAPI)+"/"+a.path, a.body(v, viaAPI)))
	slack := v.slack.fillsIn(v.who, "/supplier", strings.TrimSpace(a.typed+" "+string(viaSlack)+" "+a.rest), a.form)
	v.alike(a.typed+" what is "+stage, api, slack, ruled)
}

// suppliedRule is what the rules say of an act on one of those records.
func (v *visitor) suppliedRule(k suppliedKind, n itsm.Number, rule func(*visitor, itsm.Number) error) error {
	if err := v.actor.May(k.read); err != nil {
		return err
	}
	if n == k.absent {
		return itsm.NoSuchRecord(n)
	}
	return rule(v, n)
}

// readsSupplied looks at what there is through both doors.
func (v *visitor) readsSupplied(k suppliedKind) {
	for _, name := range slices.Sorted(maps.Keys(k.reads)) {
		v.operation = name
		for _, s := range append(slices.Clone(k.stages), "absent") {
			v.rested(v.t)
			n, ways := v.shared[k.name+s], k.reads[name]
			ruled := v.suppliedRule(k, n, func(*visitor, itsm.Number) error { return nil })
			viaAPI := v.api.say(v.call(v.who, http.MethodGet, suppliedPath(n)+ways[0], nil))
			viaSlack := v.looked(v.slack.typed(v.who, "/supplier", ways[1]+" "+string(n)).Says())
			viaAPI.State = ""
			v.alike(ways[1]+" what is "+s, viaAPI, viaSlack, ruled)
			if v.actor.Person == "" {
				break
			}
		}
	}
}

// listsSupplied looks at the lists of no one record through both doors.
func (v *visitor) listsSupplied() {
	for _, name := range slices.Sorted(maps.Keys(suppliedLists)) {
		v.operation = name
		v.rested(v.t)
		l := suppliedLists[name]
		viaAPI := v.api.say(v.call(v.who, http.MethodGet, l.path, nil))
		viaSlack := v.looked(v.slack.typed(v.who, l.command, l.text).Says())
		v.alike(l.text, viaAPI, viaSlack, v.actor.May(l.read))
	}
}

// raisesSupplied records a supplier and drafts a contract through both doors: the API's
// body, and Slack's form.
func (v *visitor) raisesSupplied() {
	v.operation = "raiseSupplier"
	v.rested(v.t)
	for what, name := range map[string]string{"a good profile": "Cables Ltd", "a name that misleads": "Harmless\u202e"} {
		p := itsm.SupplierProfile{
			Name: name, Supplies: "Cables", Tier: itsm.TierStandard, Owner: "ida", Deputy: "ana", Contacts: []itsm.Contact{{Name: "Zoe", For: "all", Phone: "1"}},
		}
		viaAPI := v.api.say(v.call(v.who, http.MethodPost, "/v1/suppliers", p))
		viaSlack := v.slack.fillsIn(v.who, "/supplier", "new", map[string]string{
			"name": name, "supplies": "Cables", "tier": "standard", "owner": slackID("ida"), "deputy": slackID("ana"), "contacts": "Zoe | all | 1",
		})
		v.alike(what, viaAPI, viaSlack, p.CheckRaise(v.actor))
	}
	v.operation = "raiseContract"
	v.rested(v.t)
	for what, title := range map[string]string{"a good draft": "Hosting", "a title that misleads": "Harmless\u202e"} {
		d := contractOf(v.shared["of all"])
		d.Title, d.Services = title, nil
		viaAPI := v.api.say(v.call(v.who, http.MethodPost, "/v1/contracts", d))
		viaSlack := v.slack.fillsIn(v.who, "/supplier", "contract new "+string(d.Supplier), map[string]string{
			"title": title, "owner": slackID("eve"), "supplies": d.Supplies, "duties": d.Duties, "start": d.Start.String(), "end": d.End.String(), "notice": "3mo", "renewal": "12mo",
			"targets": "Availability | service_level | percent | 99.9 | 99", "document_url": d.Document.URL, "document_digest": d.Document.Digest,
		})
		v.alike(what, viaAPI, viaSlack, d.CheckRaise(v.actor))
	}
}

// someDay is a date to come, as each door takes one.
var someDay = itsm.DateOf(time.Now().UTC()) + 90
