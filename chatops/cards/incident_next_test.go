package cards

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func TestWhatComesOfAnAct(t *testing.T) {
	i := func(s itsm.IncidentStanding) *itsm.Incident {
		return &itsm.Incident{Number: "INC-7", Reporter: "ana", IncidentStanding: s}
	}
	machine := i(itsm.IncidentStanding{})
	machine.Reporter = itsm.Monitoring
	for want, says := range map[string]string{
		"INC-7 and INC-7":                                                  Always("%s and %s")(i(itsm.IncidentStanding{}), "pat"),
		"It is P2. You are told what comes of it.":                         Reported(i(itsm.IncidentStanding{Priority: itsm.P2}), "ana"),
		"r&amp;o has it still; `/incident assign INC-7 me` takes it over.": TakenOn(i(itsm.IncidentStanding{Assignee: "r&o"}), "pat"),
		"It is yours, and nobody else is called. `/incident update INC-7 …` tells how it goes, `/incident resolve INC-7` ends it.": HandedOver(i(itsm.IncidentStanding{Assignee: "pat"}), "pat"),
		"They are told.": HandedOver(i(itsm.IncidentStanding{Assignee: "rio"}), "pat"),
		"Whoever of the team can respond is called.":                                                  HandedOver(i(itsm.IncidentStanding{}), "pat"),
		"`/incident resume INC-7` ends that.":                                                         HeldFor(i(itsm.IncidentStanding{Hold: &itsm.IncidentHold{Reason: itsm.AwaitingVendor}}), "pat"),
		"Its reporter is asked, and an answer of theirs ends it. `/incident resume INC-7` ends that.": HeldFor(i(itsm.IncidentStanding{Hold: &itsm.IncidentHold{Reason: itsm.AwaitingCaller}}), "pat"),
		"`/incident confirm INC-7` closes it.":                                                        EndedAs(machine, "pat"),
		"Whoever reported it is asked whether it works again.":                                        EndedAs(i(itsm.IncidentStanding{}), "pat"),
		"Nobody is called for it by themselves.":                                                      CalledAgain(i(itsm.IncidentStanding{}), "ana"),
		"People are called for it again.":                                                             CalledAgain(i(itsm.IncidentStanding{Escalation: itsm.Escalation{Pending: &itsm.Calling{}}}), "ana"),
		"It is P1 now (impact low, urgency low), set against them. Its clocks count towards the targets of that from their own beginning on.": Weighed(i(itsm.IncidentStanding{
			Priority: itsm.P1, Impact: itsm.LowDegree, Urgency: itsm.LowDegree, Override: &itsm.Override{},
		}), "pat"),
		"On record: caused by CHG-1.": Related(i(itsm.IncidentStanding{Relations: []itsm.Relation{{Kind: itsm.CausedBy, To: "CHG-1"}}}), "pat"),
		"":                            Related(i(itsm.IncidentStanding{}), "pat"),
		"It belongs to no other.":     Belongs(i(itsm.IncidentStanding{}), "pat"),
		"It belongs to INC-2, whose progress and resolution it shares.": Belongs(i(itsm.IncidentStanding{Parent: "INC-2"}), "pat"),
	} {
		require.Equal(t, want, says)
	}
}
