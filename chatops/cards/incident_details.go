package cards

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// Around is what is known of an incident beside its record, as one person may see it.
type Around struct {
	Timeline  []itsm.Event
	Said      []itsm.Comment
	Relations []itsm.Relation
	Lately    []itsm.Change // of its service, shortly before it or since
}

// IncidentStanding says where an incident stands: how its service levels stand, whom
// it waits for, what happens if nobody acts, and what its reader can do.
func IncidentStanding(n itsm.Notice, links Links) Message {
	i := n.Incident
	blocks := []slack.Block{incidentHeader(i, links), Section(Escape(n.Explanation.Summary), incidentFields(n)...)}
	blocks = append(blocks, clockBlocks(i.Clocks, true)...)
	since := "In this state since " + moment(n.Explanation.Since)
	lines := append([]string{since}, incidentContext(n, links, maxContext)...)
	if len(lines) > maxContext { // the last leads to more, so one before it goes
		lines = slices.Delete(lines, maxContext-1, len(lines)-1)
	}
	return fit(Message{
		Text:   Escape(IncidentHeadline(i) + " is " + i.State.Words() + ". " + n.Explanation.Summary),
		Blocks: append(blocks, Footnote(lines...), incidentRow(string(Status)+"/"+string(i.Number), n, n.Explanation.Acts, true)),
	})
}

// IncidentDetails is all that there is of an incident: its texts, what it is to other
// records, what was said and what happened.
func IncidentDetails(n itsm.Notice, a Around, links Links) Message {
	i := n.Incident
	blocks := []slack.Block{incidentHeader(i, links), Section(Escape(n.Explanation.Summary), incidentFields(n)...)}
	blocks = append(blocks, clockBlocks(i.Clocks, true)...)
	for _, p := range incidentTexts(i) {
		blocks = append(blocks, Plain(p.label+"\n"+p.text))
	}
	if notedOf(n) {
		blocks = append(blocks, Plain("Note of "+Name(n.People, n.Event.Actor)+"\n"+n.Event.Note))
	}
	if lines := relations(i.Number, a.Relations); len(lines) > 0 {
		blocks = append(blocks, Section("*Goes with*\n"+strings.Join(lines, "\n")))
	}
	blocks = append(blocks, helps(n)...)
	if len(a.Lately) > 0 && i.Open() {
		blocks = append(blocks, Section(strings.Join(Lately(a.Lately), "\n")))
	}
	for _, c := range a.Said[max(0, len(a.Said)-maxSaid):] {
		blocks = append(blocks, Plain(commentSigns[c.Kind]+" "+Name(n.People, c.By)+": "+Cut(c.Text, excerpt, "…")))
	}
	if lines := incidentTold(n, a.Timeline); len(lines) > 0 {
		blocks = append(blocks, Section("*What happened*\n"+strings.Join(lines[max(0, len(lines)-maxTold):], "\n")))
	}
	blocks = append(blocks, footnotes(incidentContext(n, links, foreseen))...)
	if row := incidentRow(string(Show)+"/"+string(i.Number), n, n.Explanation.Acts, false); len(row.Elements.ElementSet) > 0 {
		blocks = append(blocks, row)
	}
	return fit(Message{Text: Escape(IncidentHeadline(i) + " is " + i.State.Words() + ". " + n.Explanation.Summary), Blocks: blocks})
}

// How much is shown of what a record has more of.
const (
	maxSaid      = 5  // comments
	maxRelations = 15 // other records
	maxLately    = 5  // changes
	maxHappened  = 60 // events, in a timeline of its own
	together     = 10 // of them in a section
)

func incidentTexts(i *itsm.Incident) []part {
	resolved := ""
	if r := i.Resolution; r != nil {
		resolved = Label(string(r.Code)) + ": " + r.Note
	}
	why := ""
	if i.Override != nil {
		why = i.Override.Note
	}
	return written(
		part{"Description", i.Description}, part{"Symptom", i.Symptom}, part{"Category", i.Category},
		part{"Configuration items", strings.Join(i.Items, "\n")}, part{"Why its priority was set", why}, part{"Resolution", resolved},
	)
}

// reversed is a relation as it reads from its other end.
var reversed = map[itsm.RelationKind]string{
	itsm.CausedBy: "caused", itsm.FixedBy: "fixed", itsm.Follows: "went on as", itsm.ChildOf: "has the child", itsm.DuplicateOf: "has the duplicate",
	itsm.Related: "related to", itsm.FoundIn: "is of", itsm.Applies: "is applied by", itsm.ActsOn: "is acted on by", itsm.HeldFor: "holds up",
}

// relations are how other records are to one, a line each.
func relations(n itsm.Number, all []itsm.Relation) (lines []string) {
	for _, r := range first(all, maxRelations) {
		if r.From == n {
			lines = append(lines, "• "+r.Kind.Words()+" "+string(r.To))
		} else {
			lines = append(lines, "• "+reversed[r.Kind]+" "+string(r.From))
		}
	}
	return lines
}

// Lately are changes that may have to do with an incident, in mrkdwn, under what they
// are.
func Lately(all []itsm.Change) []string {
	lines := []string{"*Lately changed on its service*"}
	for _, c := range first(all, maxLately) {
		lines = append(lines, "• "+Escape(Headline(c))+" · "+c.State.Words())
	}
	return lines
}
