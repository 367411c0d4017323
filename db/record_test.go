package db_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/dbtest"
	"github.com/steward-itsm/steward/itsm"
)

// readers are people whom records concern in every way that there is, and others.
func readers() []itsm.Actor {
	member := reader("yan")
	member.Teams = []itsm.TeamID{"web"}
	all := []itsm.Actor{
		member,
		{Person: itsm.Monitoring, Roles: []itsm.Role{itsm.Monitor}, Scopes: []itsm.Scope{itsm.ScopeRead}},
		reader("max"), reader("mia"), reader("cai", itsm.ChangeManager), reader("ian", itsm.IncidentManager),
		reader("pia", itsm.ProblemManager), reader("qia", itsm.QualityManager), reader("ada", itsm.Auditor), reader("root", itsm.Admin),
	}
	for _, p := range everybody {
		all = append(all, reader(p))
	}
	return all
}

// told is a record of any kind that came to something.
type told interface {
	CheckRead(who itsm.Actor) error
	Record(who itsm.Actor, at time.Time) itsm.Record
}

// someRecord tells a tale of a kind and keeps it, as newer than those before.
func (b book) someRecord(ctx context.Context, t *rapid.T, kind itsm.RecordKind, nth int64, restricted bool) told {
	at := noon.Add(time.Duration(nth) * time.Second)
	switch kind {
	case itsm.KindChange:
		c, s := tale(t, itsm.ChangeNumber(nth))
		_, e := raised(c.Number)
		e.At, c.RaisedAt, c.Restricted, s.RaisedAt, s.Restricted = at, at, restricted, at, restricted
		require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
		for _, step := range s.steps {
			require.NoError(t, b.worker.StepChange(ctx, step, from))
		}
		return &s.Change
	case itsm.KindIncident:
		i, s := incidentTale(t, itsm.IncidentNumber(nth))
		_, e := reported(i.Number)
		i.RaisedAt, i.Restricted, s.RaisedAt, s.Restricted = at, restricted, at, restricted
		b.save(ctx, t, i, e, s.steps...)
		return &s.Incident
	case itsm.KindSupplier:
		r, e := supplying(itsm.SupplierNumber(nth))
		e.At, r.RaisedAt = at, at
		first := r
		steps := gone(t, &r)
		steps = steps[:rapid.IntRange(0, len(steps)).Draw(t, "steps")]
		b.keepSupplier(ctx, t, first, e, steps...)
		for _, step := range steps {
			first.SupplierStanding = step.Standing
		}
		return &first
	case itsm.KindContract:
		r, first := supplying(itsm.SupplierNumber(nth))
		r.RaisedAt = at.Add(-time.Hour) // older than all
		b.keepSupplier(ctx, t, r, first)
		c, e := agreed(itsm.ContractNumber(nth), r.Number)
		e.At, c.RaisedAt = at, at
		draft := c
		steps := ended(t, &c)
		steps = steps[:rapid.IntRange(0, len(steps)).Draw(t, "steps")]
		b.keepContract(ctx, t, draft, e, steps...)
		for _, step := range steps {
			draft.ContractStanding = step.Standing
		}
		return &draft
	case itsm.KindReview:
		r, e := begun(t, b.reviewedSupplier(ctx, t, itsm.SupplierNumber(nth)), "2026-11")
		e.At, r.StartedAt = at, at
		first := r
		steps := appraised(t, &r, rapid.IntRange(0, 100).Draw(t, "points"))
		steps = steps[:rapid.IntRange(0, len(steps)).Draw(t, "steps")]
		b.keepReview(ctx, t, first, e, steps...)
		for _, step := range steps {
			first.ReviewStanding = step.Standing
		}
		return &first
	case itsm.KindProblem:
		p, s := problemTale(t, itsm.ProblemNumber(nth))
		_, e := suspected(p.Number)
		p.RaisedAt, p.Restricted, s.RaisedAt, s.Restricted = at, restricted, at, restricted
		b.keep(ctx, t, p, e, s.steps...)
		return &s.Problem
	case itsm.KindCorrective:
		c, e := amiss(itsm.CorrectiveNumber(nth))
		e.At, c.RaisedAt, c.Restricted = at, at, restricted
		over := c
		steps := bettered(t, &over)
		steps = steps[:rapid.IntRange(0, len(steps)).Draw(t, "steps")]
		b.keepCorrective(ctx, t, c, e, steps...)
		if len(steps) > 0 {
			c.CorrectiveStanding = steps[len(steps)-1].Standing
		}
		return &c
	}
	t.Fatalf("nobody tells a tale of a %s", kind)
	return nil
}

func TestOfRecordsOfAllKindsTheListAndTheSearchHideWhatTheRecordHides(t *testing.T) {
	b, ctx, raised := open(t), context.Background(), int64(0)
	rapid.Check(t, func(t *rapid.T) {
		raised++
		r := b.someRecord(ctx, t, rapid.SampledFrom(itsm.RecordKinds).Draw(t, "kind"), raised, rapid.Bool().Draw(t, "restricted"))
		n := r.Record(itsm.Actor{}, noon).Number
		for _, who := range readers() {
			listed, err := b.desk.Records(ctx, db.RecordFilter{Reader: who, Limit: 1})
			require.NoError(t, err)
			found, err := b.desk.FindRecords(ctx, itsm.SearchRequest{Words: string(n)}, who, 1)
			require.NoError(t, err)
			sees := r.CheckRead(who) == nil
			require.Equal(t, sees, len(listed) == 1 && listed[0].Number == n, "%s %s", who.Person, n)
			require.Equal(t, sees, len(found) == 1 && found[0] == n, "%s %s", who.Person, n)
		}
	})
}

func TestARecordIsLateAndComesThisWeekByItsOwnReckoning(t *testing.T) {
	b, ctx, raised := open(t), context.Background(), int64(0)
	zoe := reader("zoe", itsm.Requester, itsm.CommercialManager) // who may read of contracts, too
	rapid.Check(t, func(t *rapid.T) {
		raised++
		told := b.someRecord(ctx, t, rapid.SampledFrom(itsm.RecordKinds).Draw(t, "kind"), raised, false)
		r := told.Record(zoe, noon)
		lists := func(f db.RecordFilter) bool {
			f.Reader, f.Limit = zoe, 1
			got, err := b.desk.Records(ctx, f)
			require.NoError(t, err)
			return len(got) == 1 && got[0].Number == r.Number
		}
		require.True(t, lists(db.RecordFilter{State: r.State, Kind: r.Kind, Service: r.Service}))
		require.Equal(t, r.ClosedAt == nil, lists(db.RecordFilter{Open: true}))
		require.True(t, lists(db.RecordFilter{Reporter: r.Reporter}))
		require.Equal(t, r.Assignee == "eve", lists(db.RecordFilter{Assignee: "eve"}))
		far := noon.Add(100 * 365 * 24 * time.Hour)
		require.Equal(t, r.ClosedAt == nil && r.Due != nil, lists(db.RecordFilter{DueBefore: far}))
		for _, at := range []*time.Time{r.Due, r.StartsAt} {
			if at == nil {
				continue
			}
			require.Equal(t, r.ClosedAt == nil, lists(db.RecordFilter{From: *at, Until: at.Add(time.Microsecond)}))
		}
		if r.ClosedAt == nil && r.Due != nil {
			require.False(t, lists(db.RecordFilter{DueBefore: *r.Due}))
			require.True(t, lists(db.RecordFilter{DueBefore: r.Due.Add(time.Microsecond)}))
			require.True(t, told.Record(zoe, r.Due.Add(time.Microsecond)).Late)
			require.False(t, told.Record(zoe, *r.Due).Late)
		}
	})
}

// named keeps one record of each kind, with words of its own.
func (b book) named(ctx context.Context, t *testing.T) {
	t.Helper()
	c, e := raised("CHG-1")
	c.Title, c.Description, c.Plan = "Renew the certificate of the shop", "It ends on Friday.", "Use certbot, as INC-1 taught us."
	require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
	i, ie := reported("INC-1")
	i.Title, i.Description, i.Symptom = "Browsers refuse the shop", "Their certificate is not trusted.", "ERR_CERT_DATE_INVALID"
	b.save(ctx, t, i, ie)
	p, pe := suspected("PRB-1")
	p.Title, p.Description = "Nobody renews in time", "It happened before."
	b.keep(ctx, t, p, pe)
}

func TestRecordsOfAllKindsAreFoundByTheirWords(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.named(ctx, t)
	find := func(words string, more ...func(*itsm.SearchRequest)) []itsm.Number {
		t.Helper()
		r := itsm.SearchRequest{Words: words}
		for _, set := range more {
			set(&r)
		}
		found, err := b.desk.FindRecords(ctx, r, reader("zoe"), 0)
		require.NoError(t, err)
		return found
	}
	require.Equal(t, []itsm.Number{"CHG-1", "INC-1"}, find("certificates"), "what is in the title counts more")
	require.ElementsMatch(t, []itsm.Number{"CHG-1", "PRB-1"}, find("renewing"), "stems are alike")
	require.Equal(t, []itsm.Number{"INC-1", "CHG-1"}, find("inc-1"), "its own number comes first, then who speaks of it")
	require.Equal(t, []itsm.Number{"CHG-1"}, find("inc-1 certbot"))
	require.Equal(t, []itsm.Number{"CHG-1"}, find(`"certificate of the shop"`))
	require.Equal(t, []itsm.Number{"INC-1"}, find("certificate -friday"))
	require.ElementsMatch(t, []itsm.Number{"INC-1", "PRB-1"}, find("trusted or happened"))
	require.Equal(t, []itsm.Number{"INC-1"}, find("err_cert_date_invalid"))
	require.Equal(t, []itsm.Number{"INC-1"}, find("certificate", func(r *itsm.SearchRequest) { r.Kind = itsm.KindIncident }))
	for _, nothing := range []string{"the", "unicorn", "", " ", "'", `"`, "-", "& | !", "%", "\x00\xff"} {
		require.Empty(t, find(nothing), "%q", nothing)
	}
	one, err := b.desk.FindRecords(ctx, itsm.SearchRequest{Words: "certificate"}, reader("zoe"), 1)
	require.NoError(t, err)
	require.Len(t, one, 1)

	_, err = b.desk.FindRecords(ctx, itsm.SearchRequest{Words: "shop"}, itsm.Actor{}, 1)
	refused(t, err, itsm.Unauthenticated, "actor.unknown")
	_, err = b.desk.FindRecords(ctx, itsm.SearchRequest{Words: "shop"}, reader("zoe"), db.MaxPage+1)
	refused(t, err, itsm.Invalid, "list.limit")
	_, err = b.desk.Records(ctx, db.RecordFilter{})
	refused(t, err, itsm.Unauthenticated, "actor.unknown")
	_, err = b.desk.Records(ctx, db.RecordFilter{Reader: reader("zoe"), Limit: -1})
	refused(t, err, itsm.Invalid, "list.limit")
	_, err = b.desk.Relations(ctx, itsm.Actor{}, "CHG-1")
	refused(t, err, itsm.Unauthenticated, "actor.unknown")
}

func TestWhatCameOfARecordIsFoundOnceItCame(t *testing.T) {
	b, ctx := open(t), t.Context()
	i, ie := reported("INC-1")
	is := &incidentStory{Incident: i, at: noon}
	is.triage(t)
	is.acknowledge(t, "bob")
	is.resolve(t, "bob")
	p, pe := suspected("PRB-1")
	ps := &problemStory{Problem: p, at: noon}
	ps.known(t)
	c, ce := raised("CHG-1")
	cs := &story{Change: c, at: noon}
	cs.open(t)
	plan := "Install it with a crowbar."
	cs.edit(t, itsm.EditRequest{Edit: itsm.Edit{Plan: &plan}})
	require.NoError(t, b.worker.RecordChange(ctx, c, ce, from))
	b.save(ctx, t, i, ie)
	b.keep(ctx, t, p, pe)
	find := func(words string) []itsm.Number {
		found, err := b.desk.FindRecords(ctx, itsm.SearchRequest{Words: words}, reader("zoe"), 0)
		require.NoError(t, err)
		return found
	}
	words := map[string]itsm.Number{is.Resolution.Note: "INC-1", ps.RootCause.Cause.Text: "PRB-1", ps.Published.Workaround: "PRB-1", "crowbar": "CHG-1"}
	for w := range words {
		require.Empty(t, find(w), w)
	}
	for _, step := range is.steps {
		require.NoError(t, b.worker.StepIncident(ctx, "INC-1", step, from))
	}
	for _, step := range slices.Backward(ps.steps) { // whatever the order of arrival
		require.NoError(t, b.worker.StepProblem(ctx, "PRB-1", step, from))
	}
	for _, step := range cs.steps {
		require.NoError(t, b.worker.StepChange(ctx, step, from))
	}
	for w, n := range words {
		require.Equal(t, []itsm.Number{n}, find(w), w)
	}
	require.Empty(t, find("\"Install the new one\""), "the plan is another now")
}

func TestPagesOfRecordsOfAllKindsNeitherRepeatNorLose(t *testing.T) {
	b, ctx := open(t), t.Context()
	var want []itsm.Number
	keep := func(k int) {
		at := noon.Add(time.Duration(k/2) * time.Second) // six to an instant
		c, ce := raised(itsm.ChangeNumber(int64(k)))
		c.RaisedAt = at
		require.NoError(t, b.worker.RecordChange(ctx, c, ce, from))
		i, ie := reported(itsm.IncidentNumber(int64(k)))
		i.RaisedAt = at
		b.save(ctx, t, i, ie)
		p, pe := suspected(itsm.ProblemNumber(int64(k)))
		p.RaisedAt = at
		b.keep(ctx, t, p, pe)
	}
	for k := 1; k <= 9; k++ {
		keep(k)
		want = append([]itsm.Number{itsm.ProblemNumber(int64(k)), itsm.IncidentNumber(int64(k)), itsm.ChangeNumber(int64(k))}, want...)
	}
	var seen []itsm.Number
	var before db.Cursor
	for page := 0; ; page++ {
		got, err := b.desk.Records(ctx, db.RecordFilter{Reader: reader("zoe"), Before: before, Limit: 4})
		require.NoError(t, err)
		if len(got) == 0 {
			break
		}
		for _, r := range got {
			seen = append(seen, r.Number)
		}
		last := got[len(got)-1]
		before = db.Cursor{RaisedAt: last.RaisedAt, Number: last.Number.Ordinal(), Record: last.Number}
		keep(100 + page) // raised while somebody reads
	}
	require.Equal(t, want, seen)
}

func TestRelationsAreReadFromBothEndsWhereverTheyAreSaid(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, ce := raised("CHG-1")
	c.Links = append(c.Links, itsm.Link{URL: "INC-1"}, itsm.Link{URL: "INC-1", Title: "again"}, itsm.Link{URL: "CHG-1"}, itsm.Link{URL: "PRB-404"})
	require.NoError(t, b.worker.RecordChange(ctx, c, ce, from))
	p, pe := suspected("PRB-1")
	p.Restricted = true
	b.keep(ctx, t, p, pe)
	i, ie := reported("INC-1")
	s := &incidentStory{Incident: i, at: noon}
	s.triage(t)
	s.acknowledge(t, "bob")
	held := acting("bob", itsm.Responder)
	s.step(t, "bob", func(at time.Time) itsm.Event {
		return s.PutOnHold(held, itsm.HoldRequest{Reason: itsm.AwaitingProblem, For: "PRB-1", Note: "Its cause."}, at)
	})
	b.save(ctx, t, i, ie, s.steps...)

	linked := itsm.Relation{From: "CHG-1", Kind: itsm.Related, To: "INC-1", By: "ana", At: c.RaisedAt}
	holds := itsm.Relation{From: "INC-1", Kind: itsm.HeldFor, To: "PRB-1", By: "bob", At: s.Hold.At}
	ends := func(who itsm.PersonID, of ...itsm.Number) []itsm.Relation {
		got, err := b.desk.Relations(ctx, reader(who), of...)
		require.NoError(t, err)
		for k := range got {
			got[k].At = got[k].At.UTC()
		}
		return got
	}
	require.Equal(t, []itsm.Relation{linked}, ends("ana", "CHG-1"), "once, to another, and to one that is there")
	require.Equal(t, []itsm.Relation{linked, holds}, ends("ana", "INC-1"))
	require.Equal(t, []itsm.Relation{holds}, ends("ana", "PRB-1"))
	require.Equal(t, []itsm.Relation{linked, holds}, ends("ana", "PRB-1", "CHG-1", "INC-404"))
	require.Equal(t, []itsm.Relation{linked}, ends("zoe", "INC-1"), "the problem is not hers to see")
	require.Empty(t, ends("zoe", "PRB-1"))

	s.steps = nil
	s.step(t, "bob", func(at time.Time) itsm.Event { return s.Resume(itsm.NoteRequest{}, at) })
	require.NoError(t, b.worker.StepIncident(ctx, "INC-1", s.steps[0], from))
	require.Equal(t, []itsm.Relation{linked}, ends("ana", "INC-1"), "it is held for it no more")
}

func TestTheSchemaOfTheFrontDoorGoesUpDownAndUp(t *testing.T) {
	at, ctx := before(t, 9), t.Context()
	c, goose := conn(t, at), migrations(t, at)
	without := schemaOf(t, c)
	beside := book{url: at, owner: dbtest.Open(t, at, db.Owner), desk: dbtest.Open(t, at, db.Desk), worker: dbtest.Open(t, at, db.Worker)}
	beside.named(ctx, t) // as the version before does
	_, err := goose.UpTo(ctx, 10)
	require.NoError(t, err)
	with := schemaOf(t, c)
	require.NotEqual(t, without, with)
	_, err = goose.DownTo(ctx, 9)
	require.NoError(t, err)
	require.Equal(t, without, schemaOf(t, c))
	_, err = goose.UpTo(ctx, 10)
	require.NoError(t, err)
	require.Equal(t, with, schemaOf(t, c))

	found, err := beside.desk.FindRecords(ctx, itsm.SearchRequest{Words: "shop or happened"}, reader("zoe"), 0)
	require.NoError(t, err)
	require.ElementsMatch(t, []itsm.Number{"CHG-1", "INC-1", "PRB-1"}, found, "what was there before is found, too")
}
