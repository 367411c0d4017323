package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

// office is a catalog whose changes have eight hours of an office in Berlin to be
// decided on, Monday to Friday.
func office(approvers ...itsm.PersonID) itsm.Catalog {
	c := catalog(approvers...)
	day := []itsm.Span{"09:00-17:00"}
	c.Calendars = []itsm.Calendar{{
		ID: "office", Name: "Office", Zone: "Europe/Berlin", Country: "DE",
		Hours: itsm.WeeklyHours{Mon: day, Tue: day, Wed: day, Thu: day, Fri: day},
	}}
	c.Change = itsm.ChangePolicy{Calendar: "office"}
	for _, tier := range itsm.RiskTiers {
		c.Change.Tiers = append(c.Change.Tiers, itsm.Tier{Risk: tier, Stages: []itsm.Stage{{
			Name: "Technical", ExpireAfter: itsm.Duration(8 * time.Hour),
			Factors: []itsm.Factor{{Name: "Peers", Who: itsm.Group{Role: itsm.Approver}, Need: itsm.Need{Count: 1}}},
		}}})
	}
	return c
}

func (b *bench) open(version int) (itsm.Opening, error) {
	value, err := b.ExecuteActivity(a.OpenStage, activities.Opening{
		PolicyVersion: version,
		Asking:        itsm.Asking{Number: "CHG-1", Service: "website", Requester: "ana", Risk: itsm.RiskLow, Round: 1, Stage: 1},
	})
	var o itsm.Opening
	if err == nil {
		require.NoError(b.t, value.Get(&o))
	}
	return o, wire.Fault(err)
}

// raisedAt is a Monday in March at ten in Berlin, so eight hours of the office
// end at ten on Tuesday.
func TestAStageIsCountedInTheHoursOfItsPinnedCalendar(t *testing.T) {
	b := newBench(t)
	b.apply(office("bob"))
	later := office("eve")
	later.Calendars[0].Hours = itsm.WeeklyHours{}
	b.apply(later)
	o, err := b.open(2)
	require.NoError(t, err)
	require.Equal(t, raisedAt.Add(24*time.Hour), o.ExpireAt)
	require.Equal(t, raisedAt.Add(4*time.Hour), *o.RemindAt)
	require.Equal(t, raisedAt.Add(6*time.Hour), *o.BackupAt)
	require.Equal(t, []itsm.PersonID{"eve"}, o.Panels[0].Named, "people are as they are now")
	o, err = b.open(3)
	require.NoError(t, err)
	require.Equal(t, raisedAt.Add(8*time.Hour), o.ExpireAt)
}

func TestAHoldMovesDeadlinesByWhatWasLeftInTheCalendar(t *testing.T) {
	b := newBench(t)
	b.apply(office("bob"))
	remind := raisedAt.Add(4 * time.Hour)
	friday := raisedAt.Add(4*24*time.Hour + 5*time.Hour) // three in Berlin: two hours of the office are left
	value, err := b.ExecuteActivity(a.MoveDeadlines, activities.Stopped{
		Deadlines: itsm.Deadlines{RemindAt: &remind, ExpireAt: raisedAt.Add(24 * time.Hour)},
		Calendar:  "office", PolicyVersion: 2, From: raisedAt.Add(time.Hour), To: friday,
	})
	require.NoError(t, err)
	var d itsm.Deadlines
	require.NoError(t, value.Get(&d))
	require.Equal(t, raisedAt.Add(7*24*time.Hour), *d.RemindAt, "three hours were left: two on Friday, one on Monday")
	require.Equal(t, raisedAt.Add(7*24*time.Hour+4*time.Hour), d.ExpireAt, "seven were left, two of them on Friday")
}

func TestACalendarThatIsNotThereIsAnAlarm(t *testing.T) {
	b := newBench(t)
	b.apply(office("bob"))
	_, err := b.ExecuteActivity(a.MoveDeadlines, activities.Stopped{Calendar: "moon", PolicyVersion: 2})
	require.Equal(t, "catalog.calendar", itsm.AsError(wire.Fault(err)).Code)
}

func said(id int, kind itsm.CommentKind, by itsm.PersonID, replyTo int) activities.Commenting {
	return activities.Commenting{Comment: itsm.Comment{
		ID: id, Number: "CHG-1", Kind: kind, By: by, Door: itsm.DoorSlack, At: raisedAt, Text: "Why now?", ReplyTo: replyTo,
	}}
}

func (b *bench) say(c activities.Commenting) error {
	_, err := b.ExecuteActivity(a.CommentOnChange, c)
	return wire.Fault(err)
}

func TestACommentStandsBelowTheCardOnce(t *testing.T) {
	b := newBench(t)
	_, err := b.record()
	require.NoError(t, err)
	require.NoError(t, b.step(opened()))
	for range 2 {
		require.NoError(t, b.say(said(1, itsm.Question, "bob", 0)))
		require.NoError(t, b.say(said(2, itsm.Answer, "ana", 1)))
	}
	other := said(1, itsm.Question, "bob", 0)
	other.Comment.Text = "Something else."
	require.Equal(t, "record.diverged", itsm.AsError(b.say(other)).Code)

	behind := activities.Target{Number: "CHG-1", Revision: 2, Comments: 3}
	_, err = b.ExecuteActivity(a.ShowChange, behind)
	require.Equal(t, "record.behind", itsm.AsError(wire.Fault(err)).Code)
	for range 2 {
		_, err = b.show(2)
		require.NoError(t, err)
	}
	var card itsm.Place
	for at, n := range b.chat.stands {
		if n.Kind == itsm.NoticeCard {
			card = at
		}
	}
	below := 0
	for _, n := range b.chat.stands {
		if n.To != "" {
			require.Contains(t, n.People, n.To, "%s cannot be addressed", n.Key)
		}
		if n.Kind == itsm.NoticeComment {
			require.Equal(t, card, n.Parent)
			below++
		}
	}
	require.Equal(t, 2, below)
	require.Len(t, b.chat.stands, 7, "the card, two asked, two comments, the question to Ana, the answer to Bob")
}
