package desk_test

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/dbtest"
	"github.com/steward-itsm/steward/db/kv"
	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/desk/token"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

// office is a desk without processes behind it: it reads, and tells who asks.
type office struct {
	*desk.Desk

	t      *testing.T
	now    time.Time
	owner  *db.Store
	worker *db.Store
}

func newOffice(t *testing.T) *office {
	t.Helper()
	url := dbtest.New(t)
	o := &office{t: t, now: time.Now(), owner: dbtest.Open(t, url, db.Owner), worker: dbtest.Open(t, url, db.Worker)}
	limits, err := kv.Open(stacktest.Stack(t).RedisURL, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, limits.Close()) })
	o.Desk, err = desk.New(desk.Config{
		Store: dbtest.Open(t, url, db.Desk), Keys: wire.Keys{[]byte(rand.Text() + rand.Text())}, Limits: limits,
		Now: func() time.Time { return o.now }, Log: slog.New(slog.DiscardHandler), Hours: activities.Hours,
	})
	require.NoError(t, err)
	c := people()
	_, _, err = o.owner.ApplyCatalog(t.Context(), c, catalog.Digest(c), "test")
	require.NoError(t, err)
	return o
}

func people() itsm.Catalog {
	return itsm.Catalog{
		People: []itsm.Person{
			{ID: "ana", Name: "Ana", Slack: "U0ANA", Email: "ana@example.com", Roles: []itsm.Role{itsm.Requester}},
			{ID: "bob", Name: "Bob", Slack: "U0BOB", Email: "bob@example.com", Roles: []itsm.Role{itsm.Approver}},
			{ID: "max", Name: "Max", Slack: "U0MAX", Email: "max@example.com", Roles: []itsm.Role{itsm.ChangeManager}},
			{ID: "zoe", Name: "Zoe", Slack: "U0ZOE", Email: "zoe@example.com", Roles: []itsm.Role{itsm.Requester}},
		},
		Teams: []itsm.Team{{ID: "hr", Name: "HR", Manager: "max", Members: []itsm.PersonID{"ana"}}},
		Services: []itsm.Service{
			{ID: "website", Name: "Website", Owner: "max", Team: "hr"},
			{ID: "payroll", Name: "Payroll", Owner: "max", Team: "hr", Restricted: true},
		},
		Change: itsm.ChangePolicy{Approvers: itsm.Approver, ExpireAfter: itsm.Duration(time.Hour)},
	}
}

func (o *office) code(err error) string {
	o.t.Helper()
	require.Error(o.t, err)
	return itsm.AsError(err).Code
}

func (o *office) token(change func(*db.Token)) string {
	o.t.Helper()
	made, text, err := token.New(rand.Reader)
	require.NoError(o.t, err)
	row := db.Token{
		ID: made.ID, Person: "ana", SecretSHA256: token.Hash(made.Secret), ExpiresAt: o.now.Add(time.Hour),
		Scopes: []itsm.Scope{itsm.ScopeRead},
	}
	change(&row)
	require.NoError(o.t, o.owner.CreateToken(o.t.Context(), row, "test"))
	return text
}

// caller is a person as they come in through Slack.
func (o *office) caller(slack string) desk.Caller {
	o.t.Helper()
	who, err := o.SlackActor(o.t.Context(), slack)
	require.NoError(o.t, err)
	return desk.Caller{Actor: who, Source: "192.0.2.1"}
}

func TestWhoHoldsAToken(t *testing.T) {
	o := newOffice(t)
	who, err := o.TokenActor(t.Context(), o.token(func(*db.Token) {}), "192.0.2.1")
	require.NoError(t, err)
	require.Equal(t, itsm.PersonID("ana"), who.Person)
	require.Equal(t, []itsm.TeamID{"hr"}, who.Teams)
	require.NoError(t, who.May(itsm.ReadChanges))
	require.Equal(t, "actor.scope", o.code(who.May(itsm.RaiseChanges)), "a token for reading raises nothing")

	_, other, err := token.New(rand.Reader)
	require.NoError(t, err)
	for code, text := range map[string]string{
		"token.malformed": "stw_nothing",
		"token.wrong":     other,
		"actor.left":      o.token(func(r *db.Token) { r.Person = "former" }),
	} {
		_, err := o.TokenActor(t.Context(), text, "192.0.2.1")
		require.Equal(t, code, o.code(err))
		require.Equal(t, itsm.Unauthenticated, itsm.AsError(err).Kind)
	}
	var id string
	revoked := o.token(func(r *db.Token) { id = r.ID })
	require.NoError(t, o.owner.RevokeToken(t.Context(), id, "test"))
	_, err = o.TokenActor(t.Context(), revoked, "192.0.2.1")
	require.Equal(t, "token.revoked", o.code(err))
	short := o.token(func(r *db.Token) { r.ExpiresAt = o.now.Add(time.Minute) })
	o.now = o.now.Add(time.Minute)
	_, err = o.TokenActor(t.Context(), short, "192.0.2.1")
	require.Equal(t, "token.expired", o.code(err))
}

func TestGuessingTokensIsLimitedByAddress(t *testing.T) {
	o := newOffice(t)
	limited := 0
	for range 40 {
		_, text, err := token.New(rand.Reader)
		require.NoError(t, err)
		_, err = o.TokenActor(t.Context(), text, "203.0.113.9")
		if o.code(err) == "token.guessing" {
			limited++
			require.Positive(t, itsm.AsError(err).RetryAfter)
		}
	}
	require.GreaterOrEqual(t, limited, 9)
	_, err := o.TokenActor(t.Context(), o.token(func(*db.Token) {}), "203.0.113.9")
	require.NoError(t, err, "whoever shares the address with a guesser is still served")
}

func TestWhoASlackUserIs(t *testing.T) {
	o := newOffice(t)
	require.Equal(t, itsm.PersonID("bob"), o.caller("U0BOB").Person)
	for _, stranger := range []string{"U0NOBODY", ""} {
		_, err := o.SlackActor(t.Context(), stranger)
		require.Equal(t, "slack.unknown_person", o.code(err))
	}
}

// keep puts a change on record as its process would.
func (o *office) keep(n int64, s itsm.ServiceID, by itsm.PersonID) itsm.Number {
	o.t.Helper()
	d := itsm.ChangeDraft{Type: itsm.Normal, Title: "Rotate", Service: s, Plan: "Rotate.", BackoutPlan: "Rotate back."}
	at := time.Date(2026, 3, 2, 9, 0, int(n), 0, time.UTC)
	c := itsm.Change{
		ChangeDraft: d, Number: itsm.ChangeNumber(n), Requester: by, Team: "hr", Owner: "max", Restricted: s == "payroll",
		State: itsm.ChangeRaised, Revision: 1, PolicyVersion: 1, ContentHash: d.Hash(), RaisedAt: at, Since: at,
	}
	e := itsm.Event{Number: c.Number, Revision: 1, Kind: itsm.EventRaised, At: at, Actor: by, Door: itsm.DoorAPI, To: itsm.State(itsm.ChangeRaised)}
	require.NoError(o.t, o.worker.RecordChange(o.t.Context(), c, e, db.Provenance{}))
	return c.Number
}

func TestARestrictedRecordDoesNotExistForOthers(t *testing.T) {
	o := newOffice(t)
	n := o.keep(1, "payroll", "max")
	for slack, sees := range map[string]bool{"U0ANA": true, "U0MAX": true, "U0ZOE": false} {
		who := o.caller(slack)
		_, err := o.Change(t.Context(), who, n)
		page, listErr := o.Changes(t.Context(), who, desk.ChangeList{})
		require.NoError(t, listErr)
		services, listErr := o.Services(t.Context(), who)
		require.NoError(t, listErr)
		if sees {
			require.NoError(t, err)
			require.Len(t, page.Items, 1)
			require.Len(t, services, 2)
			continue
		}
		_, absent := o.Change(t.Context(), who, "CHG-2")
		require.Equal(t, o.code(absent), o.code(err))
		_, explain := o.ExplainChange(t.Context(), who, n)
		_, timeline := o.Timeline(t.Context(), who, n)
		_, cancel := o.CancelChange(t.Context(), who, n, itsm.Cancellation{Note: "Mine now."})
		for _, err := range []error{explain, timeline, cancel} {
			require.Equal(t, "record.not_found", o.code(err))
		}
		require.Empty(t, page.Items)
		require.Len(t, services, 1)
	}
}

func TestPagesNeitherRepeatNorLose(t *testing.T) {
	o := newOffice(t)
	for n := range int64(7) {
		o.keep(n+1, "website", "ana")
	}
	who, seen, list := o.caller("U0ANA"), []itsm.Number{}, desk.ChangeList{Limit: 3}
	for {
		page, err := o.Changes(t.Context(), who, list)
		require.NoError(t, err)
		for _, c := range page.Items {
			seen = append(seen, c.Number)
		}
		o.keep(int64(100+len(seen)), "website", "ana") // raised while somebody reads
		if list.Cursor = page.Next; page.Next == "" {
			break
		}
	}
	require.Equal(t, []itsm.Number{"CHG-7", "CHG-6", "CHG-5", "CHG-4", "CHG-3", "CHG-2", "CHG-1"}, seen)
}

func TestACursorIsGoodForItsOwnListAlone(t *testing.T) {
	o := newOffice(t)
	for n := range int64(3) {
		o.keep(n+1, "website", "ana")
	}
	who := o.caller("U0ANA")
	page, err := o.Changes(t.Context(), who, desk.ChangeList{Limit: 1})
	require.NoError(t, err)
	require.NotEmpty(t, page.Next)
	tampered := []byte(page.Next)
	tampered[len(tampered)-3] ^= 1
	for name, list := range map[string]desk.ChangeList{
		"another list": {Limit: 1, Cursor: page.Next, Mine: true},
		"tampered":     {Limit: 1, Cursor: string(tampered)},
		"nonsense":     {Limit: 1, Cursor: "nonsense"},
		"empty":        {Limit: 1, Cursor: "AAAA"},
	} {
		_, err := o.Changes(t.Context(), who, list)
		require.Equal(t, "list.cursor", o.code(err), name)
	}
	for code, list := range map[string]desk.ChangeList{"list.limit": {Limit: 201}, "list.state": {State: "asleep"}} {
		_, err := o.Changes(t.Context(), who, list)
		require.Equal(t, code, o.code(err))
	}
}

func TestAddressesAreForThoseWhoKeepTheCatalog(t *testing.T) {
	o := newOffice(t)
	for slack, want := range map[string]int{"U0ANA": 1, "U0MAX": 4} {
		people, err := o.People(t.Context(), o.caller(slack))
		require.NoError(t, err)
		shown := 0
		for _, p := range people {
			if p.Email != "" {
				shown++
			}
		}
		require.Equal(t, want, shown, slack)
	}
}

func TestEveryRefusalLeavesATrace(t *testing.T) {
	o := newOffice(t)
	_, err := o.Change(t.Context(), o.caller("U0ANA"), "CHG-99")
	require.Equal(t, "record.not_found", o.code(err))
	o.Refused(t.Context(), desk.Caller{Source: "203.0.113.9"}, "change.read", itsm.Refuse(itsm.Unauthenticated, "token.wrong", "No."))
	o.Refused(t.Context(), desk.Caller{Source: "203.0.113.9"}, "change.read", itsm.Refuse(itsm.Unauthenticated, "token.wrong", "No."))

	row := o.owner.Pool().QueryRow(t.Context(), `SELECT actor || ' ' || action || ' ' || subject || ' ' || code FROM audit_entries WHERE outcome = 'refused'`)
	var entry string
	require.NoError(t, row.Scan(&entry))
	require.Equal(t, "ana change.read CHG-99 record.not_found", entry)
	var count int
	require.NoError(t, o.owner.Pool().QueryRow(t.Context(), `SELECT sum(count) FROM refusal_counts WHERE code = 'token.wrong'`).Scan(&count))
	require.Equal(t, 2, count, "strangers are counted")
}

func TestWhatIsSweptIsWhatNobodyNeeds(t *testing.T) {
	o := newOffice(t)
	keep := func(key string) int64 {
		kept, fresh, err := o.KeepDelivery(t.Context(), desk.Delivery{DedupeKey: key, Kind: "command", Payload: []byte("x")}, time.Minute)
		require.NoError(t, err)
		require.True(t, fresh)
		return kept.ID
	}
	require.NoError(t, o.AnswerDelivery(t.Context(), keep("answered"), []byte("{}")))
	keep("waiting")
	rows := func() (n int) {
		require.NoError(t, o.owner.Pool().QueryRow(t.Context(), `SELECT count(*) FROM slack_inbox`).Scan(&n))
		return n
	}
	require.NoError(t, o.Sweep(t.Context()))
	require.Equal(t, 2, rows())
	o.now = o.now.Add(8 * 24 * time.Hour)
	require.NoError(t, o.Sweep(t.Context()))
	require.Equal(t, 1, rows(), "what waits is never swept")
}

func TestTooManyRequestsAreRefusedWithAWordOnWhen(t *testing.T) {
	o := newOffice(t)
	who := o.caller("U0ZOE")
	who.Person = itsm.PersonID(fmt.Sprintf("zoe-%s", rand.Text()))
	var refused error
	for range 700 {
		if refused = o.Allow(t.Context(), who, "test"); refused != nil {
			break
		}
	}
	require.Equal(t, "actor.too_often", o.code(refused))
	require.Positive(t, itsm.AsError(refused).RetryAfter)
}
