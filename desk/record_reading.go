package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// RecordList says which records to list, of all kinds.
type RecordList struct {
	Kind     itsm.RecordKind // empty: any
	State    itsm.State      // empty: any
	Service  itsm.ServiceID  // empty: any
	Mine     bool            // only what the caller raised
	Assigned bool            // only what the caller has in hand
	Open     bool            // only what is not over
	Late     bool            // only what is not over and was due before now
	Week     bool            // only what begins or is due within seven days
	Limit    int             // 1 to 200; 0: 50
	Cursor   string          // Next of the page before; empty: the newest
}

// week is how far ahead people are told of what comes.
const week = 7 * 24 * time.Hour

// RecordPage is one page of records of all kinds.
type RecordPage = Page[itsm.Record]

// Record returns what one record has in common with those of all kinds.
func (d *Desk) Record(ctx context.Context, who Caller, n itsm.Number) (itsm.Record, error) {
	return reading(ctx, d, who, "record.read", itsm.ReadRecords, n, func() (itsm.Record, error) { return d.record(ctx, who, n) })
}

func (d *Desk) record(ctx context.Context, who Caller, n itsm.Number) (itsm.Record, error) {
	k, err := kindOf(n)
	if err != nil {
		return itsm.Record{}, err
	}
	return k.one(ctx, d, who, n)
}

// RecordTimeline returns what happened to a record of any kind, oldest first.
func (d *Desk) RecordTimeline(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Event, error) {
	return reading(ctx, d, who, "record.timeline", itsm.ReadRecords, n, func() ([]itsm.Event, error) {
		if _, err := d.record(ctx, who, n); err != nil {
			return nil, err
		}
		return d.Store.Timeline(ctx, n)
	})
}

// Records lists the records of all kinds that the caller may see, newest first.
func (d *Desk) Records(ctx context.Context, who Caller, list RecordList) (RecordPage, error) {
	return reading(ctx, d, who, "record.list", itsm.ReadRecords, "", func() (page RecordPage, err error) {
		f, err := d.recordFilter(who, list)
		if err != nil {
			return page, err
		}
		read := func(ctx context.Context, before db.Cursor, most int) ([]db.RecordPlace, error) {
			f.Before, f.Limit = before, most
			return d.Store.Records(ctx, f)
		}
		question := list
		question.Limit, question.Cursor = 0, ""
		places, err := paged(ctx, d, listing{"records", question, list.Limit, list.Cursor}, read, func(p db.RecordPlace) place {
			return place{RaisedAt: p.RaisedAt, Number: p.Number}
		})
		if err != nil {
			return page, err
		}
		numbers := make([]itsm.Number, len(places.Items))
		for i, p := range places.Items {
			numbers[i] = p.Number
		}
		page.Next = places.Next
		page.Items, err = d.some(ctx, who, numbers)
		return page, err
	})
}

func (d *Desk) recordFilter(who Caller, list RecordList) (db.RecordFilter, error) {
	f := db.RecordFilter{Kind: list.Kind, State: list.State, Service: list.Service, Open: list.Open, Reader: who.Actor}
	if list.Kind != "" && !slices.Contains(itsm.RecordKinds, list.Kind) {
		return f, itsm.Refuse(itsm.Invalid, "list.kind", "There is no kind of record of that name.")
	}
	if list.State != "" && !slices.Contains(itsm.RecordStates, list.State) {
		return f, noState(list.State)
	}
	if list.Mine {
		f.Reporter = who.Person
	}
	if list.Assigned {
		f.Assignee = who.Person
	}
	now := d.Now()
	if list.Late {
		f.DueBefore = now
	}
	if list.Week {
		f.From, f.Until = now, now.Add(week)
	}
	return f, nil
}

// some are the records of some numbers in their order, as far as the caller may see
// them.
func (d *Desk) some(ctx context.Context, who Caller, numbers []itsm.Number) ([]itsm.Record, error) {
	of := make(map[itsm.RecordKind][]itsm.Number, len(kinds))
	for _, n := range numbers {
		of[n.Kind()] = append(of[n.Kind()], n)
	}
	var all []itsm.Record
	for k, some := range of {
		if kinds[k] == nil {
			continue
		}
		found, err := kinds[k].among(ctx, d, who, some)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b itsm.Record) int {
		return cmp.Compare(slices.Index(numbers, a.Number), slices.Index(numbers, b.Number))
	})
	return all, nil
}
