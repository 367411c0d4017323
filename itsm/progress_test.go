package itsm_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// timed is a stage that reminds after one hour, calls the backup after two, and
// expires after four.
func timed(panels ...itsm.Panel) itsm.Change {
	c := asked()
	o := itsm.OfOne(nil, at, new(at.Add(time.Hour)), new(at.Add(4*time.Hour)))
	o.BackupAt, o.Panels = new(at.Add(2*time.Hour)), panels
	c.OpenStage(o)
	return c
}

// copied is a change of its own, as a store would give it back.
func copied(t require.TestingT, c itsm.Change) (own itsm.Change) {
	text, err := json.Marshal(c)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &own))
	return own
}

// kinds is what happens if nobody acts.
func kinds(t *testing.T, c itsm.Change) (all []itsm.EventKind) {
	t.Helper()
	c = copied(t, c)
	for d, some := c.Next(); some; d, some = c.Next() {
		all = append(all, c.Fall(d, d.At).Kind)
	}
	return all
}

func TestWhatTimeDoes(t *testing.T) {
	sue := func(p *itsm.Panel) { p.Backups = ids{"sue"} }
	const reminded, backup, expired = itsm.EventReminded, itsm.EventBackup, itsm.EventExpired
	for _, tt := range []struct {
		sentence string
		panels   []itsm.Panel
		votes    string
		falls    []itsm.EventKind
	}{
		{"it reminds, lets the backup decide, and expires", []itsm.Panel{with(factor(1, "bob"), sue)}, "", []itsm.EventKind{reminded, backup, expired}},
		{"without a backup nobody joins", []itsm.Panel{factor(1, "bob")}, "", []itsm.EventKind{reminded, expired}},
		{"nor where the factor is full", []itsm.Panel{with(factor(1, "bob"), sue), factor(1, "joe")}, "bob+", []itsm.EventKind{reminded, expired}},
		{"but where it could give up one of its own", []itsm.Panel{with(factor(1, "bob"), sue), factor(1, "bob", "joe")}, "bob+", []itsm.EventKind{reminded, backup, expired}},
		{"nor where only a mandatory member is lacking", []itsm.Panel{with(with(factor(1, "bob", "joe"), mandatory), sue)}, "joe+", []itsm.EventKind{reminded, expired}},
		{"nor when they are in already", []itsm.Panel{with(factor(1, "bob"), sue)}, "bob0", []itsm.EventKind{reminded, expired}},
	} {
		c := timed(tt.panels...)
		require.Empty(t, votes(t, &c, tt.votes), tt.sentence)
		require.Equal(t, tt.falls, kinds(t, c), tt.sentence)
	}
}

// Who votes as a member of one factor has not voted as the backup of another:
// else the stage would pass by the clock alone.
func TestTimeApprovesNothing(t *testing.T) {
	c := timed(with(factor(1, "bob"), func(p *itsm.Panel) { p.Backups = ids{"sue"} }), factor(1, "sue", "joe"))
	require.Empty(t, votes(t, &c, "sue+ joe+"))
	require.Equal(t, []itsm.EventKind{itsm.EventReminded, itsm.EventBackup, itsm.EventExpired}, kinds(t, c))
	d, _ := c.Next()
	c.Fall(d, d.At)
	d, _ = c.Next()
	e := c.Fall(d, d.At)
	require.Equal(t, ids{"sue"}, e.Detail.Joined)
	require.Zero(t, c.NextStage())
	require.Empty(t, votes(t, &c, "sue~ sue+"), "as a backup she says so anew")
	require.Equal(t, itsm.ChangeApproved, c.State)
}

func TestAHoldStopsTheClock(t *testing.T) {
	why := itsm.NoteRequest{Note: "Freeze."}
	c := timed(factor(1, "bob"))
	held, resumed := at.Add(90*time.Minute), at.Add(10*time.Hour)
	d, _ := c.Next()
	c.Fall(d, d.At)
	require.NoError(t, c.CheckHold(ana, why))
	c.PutOnHold(ana, why, held)
	require.Empty(t, c.Explain().Forecast, "nothing happens by itself")
	require.Equal(t, "change.on_hold", votes(t, &c, "bob+"))
	require.Equal(t, "change.on_hold", code(c.CheckHold(ana, why)))
	_, stopped := c.Stopped()
	require.False(t, stopped, "it stands still as long as the hold lasts")
	c.Resume(itsm.NoteRequest{})
	c.PutOnHold(ana, why, held.Add(time.Minute)) // before its deadlines were moved
	require.NoError(t, c.CheckResume(manager, itsm.NoteRequest{}))
	c.Resume(itsm.NoteRequest{})
	from, stopped := c.Stopped()
	require.True(t, stopped)
	require.Equal(t, held, from)
	moved, err := c.Deadlines().Moved(itsm.AroundTheClock, from, resumed)
	require.NoError(t, err)
	c.Reschedule(moved)
	require.Nil(t, c.RemindAt, "what has been is not again")
	require.Equal(t, resumed.Add(150*time.Minute), *c.ExpireAt, "two and a half hours were left")
	_, stopped = c.Stopped()
	require.False(t, stopped)
	require.Equal(t, "change.not_on_hold", code(c.CheckResume(ana, itsm.NoteRequest{})))
}

func TestAStageOpenedOnHoldBeginsToCountWhenItIsResumed(t *testing.T) {
	c := timed(factor(1, "bob"))
	c.PutOnHold(ana, itsm.NoteRequest{Note: "Freeze."}, at)
	c.Edit(itsm.EditRequest{Edit: itsm.Edit{Plan: new("Other.")}}, itsm.Terms{}, at)
	o := itsm.OfOne(ids{"bob"}, at.Add(time.Minute), nil, new(at.Add(time.Hour)))
	o.Round = 2
	c.OpenStage(o)
	c.Resume(itsm.NoteRequest{})
	from, stopped := c.Stopped()
	require.True(t, stopped)
	require.Equal(t, o.At, from)
}

// A stage that passes before its deadlines were moved leaves no stopped clock to
// the next.
func TestTheNextStageDoesNotInheritAStoppedClock(t *testing.T) {
	c := asked(factor(1, "bob"))
	c.Approval.Opening.Of = 2
	c.PutOnHold(ana, itsm.NoteRequest{Note: "Freeze."}, at)
	c.Resume(itsm.NoteRequest{})
	require.Empty(t, votes(t, &c, "bob+"))
	o := itsm.OfOne(ids{"joe"}, at, nil, new(at.Add(time.Hour)))
	o.Stage, o.Of = 2, 2
	c.OpenStage(o)
	_, stopped := c.Stopped()
	require.False(t, stopped)
}

// In business hours too: a weekend on hold takes nothing from what was left.
func TestDeadlinesMoveInTheirCalendar(t *testing.T) {
	friday := time.Date(2026, 3, 6, 15, 0, 0, 0, time.UTC)
	d := itsm.Deadlines{RemindAt: new(friday.Add(-time.Hour)), BackupAt: new(friday.Add(time.Hour)), ExpireAt: friday.Add(66 * time.Hour)} // Monday 09:00
	moved, err := d.Moved(officeHours, friday, time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	monday := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
	require.Equal(t, []time.Time{monday.Add(time.Hour), monday.Add(2 * time.Hour)}, []time.Time{*moved.BackupAt, moved.ExpireAt})
	require.Equal(t, time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC), *moved.RemindAt, "what was due is due at once")
}
