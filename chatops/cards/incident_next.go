package cards

import (
	"fmt"

	"github.com/steward-itsm/steward/itsm"
)

// Next says to whoever did something to an incident what that means, as it stands now,
// and what can be done next. It is mrkdwn.
type Next func(i *itsm.Incident, who itsm.PersonID) string

// Always is a Next that does not depend on the incident; %s is its number.
func Always(text string) Next {
	return func(i *itsm.Incident, _ itsm.PersonID) string {
		return naming(text, i.Number)
	}
}

// Reported is what comes after a report.
func Reported(i *itsm.Incident, _ itsm.PersonID) string {
	return "It is " + string(i.Priority) + ". You are told what comes of it."
}

// TakenOn says who has it: whoever answers beside somebody who is at it takes nothing
// from them.
func TakenOn(i *itsm.Incident, who itsm.PersonID) string {
	n := string(i.Number)
	if i.Assignee != who {
		return Escape(string(i.Assignee)) + " has it still; `/incident assign " + n + " me` takes it over."
	}
	return "It is yours, and nobody else is called. `/incident update " + n + " …` tells how it goes, `/incident resolve " + n + "` ends it."
}

// HandedOver says who hears of an assignment.
func HandedOver(i *itsm.Incident, who itsm.PersonID) string {
	if i.Assignee == "" {
		return "Whoever of the team can respond is called."
	}
	if i.Assignee == who {
		return TakenOn(i, who)
	}
	return "They are told."
}

// HeldFor says what ends a hold.
func HeldFor(i *itsm.Incident, _ itsm.PersonID) string {
	ends := "`/incident resume " + string(i.Number) + "` ends that."
	if i.Hold != nil && i.Hold.Reason == itsm.AwaitingCaller {
		return "Its reporter is asked, and an answer of theirs ends it. " + ends
	}
	return ends
}

// EndedAs says who closes what is resolved.
func EndedAs(i *itsm.Incident, _ itsm.PersonID) string {
	if i.Reporter == itsm.Monitoring {
		return "`/incident confirm " + string(i.Number) + "` closes it."
	}
	return "Whoever reported it is asked whether it works again."
}

// CalledAgain says whether people are called for what was reopened.
func CalledAgain(i *itsm.Incident, _ itsm.PersonID) string {
	if !i.Escalation.Ringing() {
		return "Nobody is called for it by themselves."
	}
	return "People are called for it again."
}

// Weighed says what a priority came to.
func Weighed(i *itsm.Incident, _ itsm.PersonID) string {
	says := fmt.Sprintf("It is %s now (impact %s, urgency %s)", i.Priority, i.Impact, i.Urgency)
	if i.Override != nil {
		says += ", set against them"
	}
	return says + ". Its clocks count towards the targets of that from their own beginning on."
}

// Related says what is on record of other records.
func Related(i *itsm.Incident, _ itsm.PersonID) string {
	return lastRelated(i.Relations)
}

// Belongs says what it shares with the incident that it belongs to.
func Belongs(i *itsm.Incident, _ itsm.PersonID) string {
	if i.Parent == "" {
		return "It belongs to no other."
	}
	return "It belongs to " + string(i.Parent) + ", whose progress and resolution it shares."
}

// Applied says what comes of a workaround that was applied.
func Applied(i *itsm.Incident, _ itsm.PersonID) string {
	return "Its reporter is told. `/incident resolve " + string(i.Number) + " workaround …` ends it, if that helped."
}
