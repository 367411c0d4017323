package chatops

import (
	"context"
	"strings"
	"time"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// whoTyped answers /who: who is called for a service now, or for each that somebody
// may see, as many as fit.
func (b *Bot) whoTyped(ctx context.Context, who desk.Caller, _ request, rest string) (answer, error) {
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return answer{}, err
	}
	more := len(services) > cards.MaxDuties
	if name := strings.TrimSpace(rest); name != "" {
		one, err := meant(services, name)
		if err != nil {
			return answer{}, err
		}
		services, more = []itsm.Service{one}, false
	}
	var duties []cards.Duty
	for _, s := range services[:min(len(services), cards.MaxDuties)] {
		now, err := b.desk.OnCall(ctx, who, s.ID)
		if err != nil {
			return answer{}, err
		}
		duties = append(duties, duty(s, now))
	}
	return shown(cards.OnCall(duties, people, more)), nil
}

// meant is the service that somebody means by its id or its name.
func meant(services []itsm.Service, name string) (itsm.Service, error) {
	name = strings.TrimRight(strings.TrimPrefix(name, "#"), ":,.")
	var known []string
	for _, s := range services {
		if strings.EqualFold(string(s.ID), name) || strings.EqualFold(s.Name, name) {
			return s, nil
		}
		known = append(known, string(s.ID))
	}
	return itsm.Service{}, itsm.Refuse(itsm.Invalid, "slack.service", "There is no service called %s that you can see%s /itsm services lists them.",
		cards.Cut(name, 64, "…"), ended(itsm.DidYouMean(name, known)))
}

// duty is who is called for a service, as a card shows it.
func duty(s itsm.Service, now desk.OnCall) cards.Duty {
	d := cards.Duty{Service: s, Policy: now.Name, Repeat: now.Repeat, Handover: now.HandoverAt}
	for _, l := range now.Levels {
		level := cards.DutyLevel{Level: l.Level, Within: l.Within, People: l.People, Channels: l.Channels, Nobody: l.Nobody}
		var problems []string
		for _, t := range l.Targets {
			level.Until = earlier(level.Until, t.Until)
			if t.Problem != "" {
				problems = append(problems, t.Problem)
			}
		}
		level.Problem = strings.Join(problems, " ")
		d.Levels = append(d.Levels, level)
	}
	return d
}

func earlier(a, b *time.Time) *time.Time {
	if a == nil || b != nil && b.Before(*a) {
		return b
	}
	return a
}
