package cards

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// Duty is who would be called for a service, were an incident of it raised now.
type Duty struct {
	Service  itsm.Service
	Policy   string // what it is called; empty: nobody is called
	Repeat   int    // how often all levels are gone through again
	Levels   []DutyLevel
	Handover *time.Time // when others take over; nil: not foreseen
}

// DutyLevel is who is called at once, and how long they have to answer.
type DutyLevel struct {
	Level    int
	Within   itsm.Duration
	People   []itsm.PersonID
	Channels []string
	Nobody   string     // why nobody is in it, so that it is passed over
	Until    *time.Time // when others take over
	Problem  string     // what is wrong with what is known of it
}

// MaxDuties services are shown at once.
const MaxDuties = 12

// OnCall says who is called for some services now, level by level, and when others
// take over. More tells that there are more services.
func OnCall(duties []Duty, people map[itsm.PersonID]itsm.Person, more bool) Message {
	blocks := []slack.Block{Section("*Who is called now*")}
	if len(duties) == 0 {
		blocks = append(blocks, Footnote("There is no service that you can see."))
	}
	for _, d := range first(duties, MaxDuties) {
		blocks = append(blocks, Section(duty(d, people)))
		if d.Handover != nil {
			blocks = append(blocks, Footnote("Others take over "+moment(*d.Handover)))
		}
	}
	if more || len(duties) > MaxDuties {
		blocks = append(blocks, Footnote("There are more services; `/who` and a service's name tells of one."))
	}
	return fit(Message{Text: "Who is called now", Blocks: blocks})
}

func duty(d Duty, people map[itsm.PersonID]itsm.Person) string {
	name := "*" + Escape(cmp.Or(d.Service.Name, string(d.Service.ID))) + "*"
	if len(d.Levels) == 0 {
		return name + "\nNobody is called: it has no escalation policy. Its incidents stand in its channel."
	}
	lines := []string{name + " · " + Escape(d.Policy)}
	for _, l := range d.Levels {
		lines = append(lines, dutyLevel(l, people))
	}
	if d.Repeat > 0 {
		lines = append(lines, fmt.Sprintf("Where nobody answers, all of it comes again (%d more).", d.Repeat))
	}
	return strings.Join(lines, "\n")
}

func dutyLevel(l DutyLevel, people map[itsm.PersonID]itsm.Person) string {
	who := waiting(itsm.Notice{People: people}, l.People)
	for i := range who {
		who[i] = Escape(who[i])
	}
	for _, c := range first(l.Channels, maxNamed) {
		who = append(who, "<#"+c+">")
	}
	says := fmt.Sprintf("*%d.* ", l.Level)
	if len(who) == 0 {
		says += "nobody, so it is passed over: " + Escape(Cut(cmp.Or(l.Nobody, "it names nobody"), excerpt, "…"))
	} else {
		says += strings.Join(who, ", ") + " · " + lasts(l.Within) + " to answer"
	}
	if l.Until != nil {
		says += " · until " + moment(*l.Until)
	}
	if l.Problem != "" {
		says += "\n⚠️ " + Escape(Cut(l.Problem, excerpt, "…"))
	}
	return says
}

// lasts says a length of time without the noughts that Go ends it with: 15m, 1h30m.
func lasts(d itsm.Duration) string {
	says := time.Duration(d).String()
	if long, whole := strings.CutSuffix(says, "m0s"); whole {
		says = long + "m"
	}
	if long, whole := strings.CutSuffix(says, "h0m"); whole {
		says = long + "h"
	}
	return says
}
