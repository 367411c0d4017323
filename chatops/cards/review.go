package cards

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// reviewSigns show a review's state before what it is of.
var reviewSigns = map[itsm.ReviewState]string{
	itsm.ReviewNew:        "📝",
	itsm.ReviewCollecting: "📊",
	itsm.ReviewScored:     "🧮",
	itsm.ReviewMeeting:    "🤝",
	itsm.ReviewActions:    "🖊️",
	itsm.ReviewSignedOff:  "✅",
	itsm.ReviewClosed:     "🏁",
	itsm.ReviewCancelled:  "🚫",
}

// ReviewHeadline is what a review is called: its number and its supplier's name.
func ReviewHeadline(r *itsm.SupplierReview) string {
	return string(r.Number) + " · review of " + r.Name
}

func reviewPaper(n itsm.Notice) paper {
	r := n.Review
	p := paper{
		kind: "supplier_review", sign: reviewSigns[r.State], number: r.Number, headline: ReviewHeadline(r), state: r.State.Words(),
		fields: reviewFields(n), clocks: r.Clocks, dues: r.Dues(), over: r.ClosedAt, claim: Claim{Number: r.Number},
	}
	p.lines = []heap{{"Measures", readingLines(n)}}
	if r.Score != nil {
		p.lines = append(p.lines, heap{"What the score is made of", partLines(r.Score)})
	}
	if m := r.Meeting; m != nil {
		p.excerpts = written(part{"Meeting", m.Note})
		p.texts = written(part{"Meeting, with " + strings.Join(m.Attendees, ", "), m.Note})
	}
	p.lines = append(p.lines, heap{"Actions", actionLines(n)})
	it := string(r.Number)
	known, all, _ := measured(r)
	p.sure = map[string]*slack.ConfirmationBlockObject{
		"score":    sure(p.headline, "Score "+it+"?", fmt.Sprintf("%d of %d measures are known. What is not known makes a score neither better nor worse, and none can be given later.", known, all), "Score"),
		"sign-off": sure(p.headline, "Sign off "+it+"?", "It is closed then, and its supplier has that score.", "Sign off"),
	}
	return p
}

// measured counts the measures that are known, all, and those whose evidence nobody else
// has seen.
func measured(r *itsm.SupplierReview) (known, all, unseen int) {
	for n := range r.Readings {
		o := &r.Readings[n]
		if o.Points != nil {
			known++
		}
		if o.Unseen() {
			unseen++
		}
	}
	return known, len(r.Readings), unseen
}

// reviewFields are at most ten.
func reviewFields(n itsm.Notice) []string {
	r := n.Review
	known, all, unseen := measured(r)
	says := fmt.Sprintf("%d of %d are known", known, all)
	if unseen > 0 {
		says += fmt.Sprintf(", %d to be seen by somebody else", unseen)
	}
	out := []string{
		"*Supplier*\n" + string(r.Supplier) + ", " + Words(r.Tier),
		"*State*\n" + r.State.Words(),
		"*Owner*\n" + Escape(Name(n.People, r.Owner)),
		"*Period*\n" + r.Period.First().String() + " to " + r.Period.Last().String(),
		"*Measures*\n" + says,
	}
	if r.Score != nil {
		out = append(out, "*Score*\n"+scored(r.Score)+", "+Words(r.Course), "*Scored by*\n"+Escape(Name(n.People, r.Reviewer)))
	}
	if len(r.Follows) > 0 {
		words := make([]string, len(r.Follows))
		for n, f := range r.Follows {
			words[n] = Words(f)
		}
		out = append(out, "*Asks for*\n"+strings.Join(words, ", "))
	}
	if r.SignedBy != "" {
		out = append(out, "*Signed off by*\n"+Escape(Name(n.People, r.SignedBy)))
	}
	return out
}

// readingLines are the measures of a review, each with who gave it, who saw its evidence,
// and what that is.
func readingLines(n itsm.Notice) (lines []string) {
	for i := range n.Review.Readings {
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, readingSays(n, &n.Review.Readings[i])))
	}
	return lines
}

func readingSays(n itsm.Notice, o *itsm.Reading) string {
	line := Escape(o.Name) + ": "
	switch {
	case o.Points == nil && o.Goal != nil:
		return line + "not known, aims at " + o.Goal.Full.String() + " " + Escape(o.Unit)
	case o.Points == nil:
		return line + "not known"
	case o.Value != nil:
		line += o.Value.String() + " " + Escape(o.Unit) + ", "
	}
	line += fmt.Sprintf("%d points · %s", *o.Points, Words(o.Criterion))
	if o.Missed {
		line = "🔴 " + line
	}
	switch {
	case o.Unseen():
		line += " · by " + Escape(Name(n.People, o.By)) + ", *to be seen by somebody else*"
	case o.Second != "":
		line += " · by " + Escape(Name(n.People, o.By)) + ", seen by " + Escape(Name(n.People, o.Second))
	default:
		line += " · counted by Steward"
	}
	if len(o.Evidence) > 0 {
		line += "\n" + Escape(Cut(strings.Join(evidenceLines(o.Evidence), "\n"), excerpt, "…"))
	}
	return line
}

// partLines are what each criterion gave to a score.
func partLines(s *itsm.Score) (lines []string) {
	for _, p := range s.Parts {
		says := "nothing is known"
		if p.Points != nil {
			says = fmt.Sprintf("%d points", *p.Points)
		}
		lines = append(lines, fmt.Sprintf("• %s, %d %%: %s", Words(p.Criterion), p.Percent, says))
	}
	return lines
}

func actionLines(n itsm.Notice) (lines []string) {
	for _, a := range n.Review.Actions {
		lines = append(lines, "• "+Escape(a.Title)+" · "+Escape(Name(n.People, a.Owner))+" · by "+a.Due.String())
	}
	return lines
}

// seenCard asks one who did not give a measure whether its evidence shows it.
func seenCard(n itsm.Notice, links Links) (string, []slack.Block) {
	p, o := paperOf(n), detailOf(n.Event).Reading
	if n.Over || o == nil {
		return p.needless(n, links)
	}
	lead := "*Does the evidence show this?* " + Escape(Name(n.People, o.By)) + " gave a measure, and what a person gives counts once another has seen what it rests on. Look at it, and say so."
	blocks := []slack.Block{p.header(links), Section(lead, p.fields...), Section(readingSays(n, o)), Plain("Evidence\n" + strings.Join(evidenceLines(o.Evidence), "\n"))}
	blocks = append(blocks, footnotes(p.context(n, links, 1))...)
	if it := theirReading(n); it > 0 {
		p.claim.Task, p.claim.At = it, o.At
	}
	p.sure = map[string]*slack.ConfirmationBlockObject{"confirm": sure(p.headline, "Did you see its evidence?", o.Name+". Your name stands beside it then.", "I saw it")}
	row := rowOf(p.kind, in(n), p.claim, seenChoices(n), nil, p.sure)
	return Escape("Does the evidence show this? " + o.Name + ", " + p.headline), append(blocks, row)
}

func seenChoices(n itsm.Notice) []choice {
	all := []choice{{verb: "show", label: "Details"}}
	if len(only(actsOf(n), itsm.ActSeen)) == 0 {
		return all
	}
	return append([]choice{{verb: "confirm", label: "I saw its evidence", style: slack.StylePrimary}}, all...)
}

// theirReading is which of a review's measures a message is about, from 1; 0: none.
func theirReading(n itsm.Notice) int {
	o := detailOf(n.Event).Reading
	for i := range n.Review.Readings {
		if o != nil && n.Review.Readings[i].Name == o.Name {
			return i + 1
		}
	}
	return 0
}

// signCard asks one who may whether a review was a fair one.
func signCard(n itsm.Notice, links Links) (string, []slack.Block) {
	p := paperOf(n)
	if n.Over {
		return p.needless(n, links)
	}
	lead := "*Was this review a fair one?* Actions are agreed on. Read what it was scored by, and sign it off: that closes it."
	blocks := []slack.Block{p.header(links), Section(lead, p.fields...)}
	for _, t := range p.texts {
		for _, some := range chunks(t.label + "\n" + t.text) {
			blocks = append(blocks, Plain(some))
		}
	}
	for _, h := range p.lines {
		blocks = append(blocks, sections("*"+h.title+"*", h.lines, maxDone)...)
	}
	blocks = append(blocks, footnotes(p.context(n, links, 1))...)
	acts := only(actsOf(n), itsm.ActSignOff, itsm.ActReviewComment)
	return Escape("Was this review a fair one? " + p.headline), append(blocks, paperRow(in(n), n, p, acts, true))
}
