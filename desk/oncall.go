package desk

import (
	"context"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// Rota is who is on call in one rotation at an instant.
type Rota struct {
	People  []itsm.PersonID
	Until   *time.Time // when others take over; nil: not foreseen
	ReadAt  *time.Time // when its feed was read last; nil: it has none
	Problem string     // what is wrong with what is known of it; empty: nothing
}

// OnCall is who would be called, were an incident of a service raised now.
type OnCall struct {
	Service    itsm.ServiceID    `json:"service"`
	Policy     itsm.EscalationID `json:"policy,omitempty"` // empty: nobody is called
	Name       string            `json:"name,omitempty"`   // of the policy
	Repeat     int               `json:"repeat"`           // how often all levels are gone through again
	At         time.Time         `json:"at"`               // when that is so
	HandoverAt *time.Time        `json:"handover_at,omitempty"`
	Levels     []OnCallLevel     `json:"levels"`
}

// OnCallLevel is who is called at once, and how long they have to answer.
type OnCallLevel struct {
	Level    int             `json:"level"` // from 1
	Within   itsm.Duration   `json:"within"`
	People   []itsm.PersonID `json:"people"`
	Channels []string        `json:"channels,omitempty"`
	Nobody   string          `json:"nobody,omitempty"` // why nobody is in it, so that it is passed over
	Targets  []OnCallTarget  `json:"targets"`
}

// OnCallTarget is a target of a level. Of a rotation it is said who is on call, until
// when, and how fresh that is.
type OnCallTarget struct {
	itsm.CallTarget

	People  []itsm.PersonID `json:"people,omitempty"`
	Until   *time.Time      `json:"until,omitempty"`
	ReadAt  *time.Time      `json:"read_at,omitempty"`
	Problem string          `json:"problem,omitempty"`
}

// OnCall answers who is called for a service now, level by level, and when that
// changes next.
func (d *Desk) OnCall(ctx context.Context, who Caller, service itsm.ServiceID) (OnCall, error) {
	return reading(ctx, d, who, "oncall.read", itsm.ReadCatalog, "", func() (OnCall, error) {
		catalog, _, err := d.Store.Catalog(ctx)
		if err != nil {
			return OnCall{}, err
		}
		s, err := catalog.CheckService(who.Actor, service)
		if err != nil {
			return OnCall{}, err
		}
		policy, _ := catalog.EscalationPolicy(catalog.EscalationOf("", s))
		r := roster{
			d: d, catalog: catalog, rotas: map[itsm.RotationID]Rota{},
			summons: itsm.Summons{Policy: policy, Team: s.Team, Owner: s.Owner, At: d.Now()},
			out:     OnCall{Service: s.ID, Policy: policy.ID, Name: policy.Name, Repeat: policy.Repeat, At: d.Now()},
		}
		for n := range policy.Levels {
			if err := r.level(ctx, n+1); err != nil {
				return OnCall{}, err
			}
		}
		return r.out, nil
	})
}

// roster finds out who is on call.
type roster struct {
	d       *Desk
	catalog itsm.Catalog
	summons itsm.Summons
	rotas   map[itsm.RotationID]Rota // asked once
	out     OnCall
}

// level adds a level as it would be called, by the rule that calls it.
func (r *roster) level(ctx context.Context, n int) error {
	of := r.summons.Policy.Levels[n-1]
	out := OnCallLevel{Level: n, Within: of.Within}
	for _, t := range of.Targets {
		target := OnCallTarget{CallTarget: t}
		if t.Rotation != "" {
			rota, err := r.rota(ctx, t.Rotation)
			if err != nil {
				return err
			}
			target.People, target.Until, target.ReadAt, target.Problem = rota.People, rota.Until, rota.ReadAt, rota.Problem
			r.out.handsOver(rota.Until)
		}
		out.Targets = append(out.Targets, target)
	}
	r.summons.Calling = itsm.Calling{Round: 1, Level: n, Trigger: itsm.TriggerRaised}
	called, err := r.catalog.CallLevel(r.summons, func(id itsm.RotationID) ([]itsm.PersonID, error) {
		rota, err := r.rota(ctx, id)
		return rota.People, err
	})
	if err != nil {
		return err
	}
	if len(called.Skipped) > 0 { // the first of them is this one
		out.Nobody = called.Skipped[0].Why
	} else {
		out.People, out.Channels = called.People, called.Channels
	}
	r.out.Levels = append(r.out.Levels, out)
	return nil
}

// rota is who is on call in a rotation.
func (r *roster) rota(ctx context.Context, id itsm.RotationID) (rota Rota, err error) {
	if rota, asked := r.rotas[id]; asked {
		return rota, nil
	}
	if r.d.Roster == nil {
		rota.Problem = "Nothing here knows who is on call in it."
	} else if rota, err = r.d.Roster(ctx, r.catalog, id, r.out.At); err != nil {
		refused := itsm.AsError(err)
		if refused.Kind.Temporary() {
			return rota, err
		}
		rota = Rota{Problem: refused.Message} // one broken rotation hides no other
	}
	r.rotas[id] = rota
	return rota, nil
}

// handsOver takes note of when others take over, if that comes first.
func (o *OnCall) handsOver(at *time.Time) {
	if at != nil && (o.HandoverAt == nil || at.Before(*o.HandoverAt)) {
		o.HandoverAt = at
	}
}
