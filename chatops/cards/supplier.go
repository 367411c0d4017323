package cards

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// paper is what messages show of a supplier, of a contract or of a review: three kinds of
// record whose messages look alike.
type paper struct {
	kind     string // what its buttons and forms begin with
	sign     string
	number   itsm.Number
	headline string
	state    string // in words
	fields   []string
	clocks   itsm.Clocks
	excerpts []part // of its texts, on a card
	texts    []part // in full, among its details
	lines    []heap // what it has several of, among its details
	dues     []itsm.Due
	over     *time.Time
	claim    Claim
	sure     map[string]*slack.ConfirmationBlockObject
}

// heap is some lines under a title.
type heap struct {
	title string
	lines []string
}

// paperOf is what a notice's supplier, contract or review has to show.
func paperOf(n itsm.Notice) paper {
	switch {
	case n.Contract != nil:
		return contractPaper(n)
	case n.Review != nil:
		return reviewPaper(n)
	default:
		return supplierPaper(n)
	}
}

func (p paper) header(links Links) slack.Block {
	return heading(p.sign+" "+p.headline, p.number, links)
}

// context says whom it waits for, what comes by itself, at most so many things of it, and
// where there is more.
func (p paper) context(n itsm.Notice, links Links, most int) []string {
	return contextOf(n, p.number, p.over, nil, links, most)
}

// supplierSigns show a supplier's state before its name.
var supplierSigns = map[itsm.SupplierState]string{
	itsm.SupplierNew:          "📝",
	itsm.SupplierProposed:     "📥",
	itsm.SupplierDueDiligence: "🔎",
	itsm.SupplierOnboarding:   "🤝",
	itsm.SupplierActive:       "✅",
	itsm.SupplierWatched:      "👀",
	itsm.SupplierExitPlanned:  "📅",
	itsm.SupplierExiting:      "🚪",
	itsm.SupplierOffboarded:   "🏁",
	itsm.SupplierRejected:     "❌",
}

// SupplierHeadline is what a supplier is called: its number and its name.
func SupplierHeadline(s *itsm.Supplier) string { return string(s.Number) + " · " + s.Name }

func supplierPaper(n itsm.Notice) paper {
	s := n.Supplier
	p := paper{
		kind: "supplier", sign: supplierSigns[s.State], number: s.Number, headline: SupplierHeadline(s), state: s.State.Words(),
		fields: supplierFields(n), excerpts: written(part{"Supplies", s.Supplies}), texts: written(part{"Supplies", s.Supplies}),
		dues: s.Dues(), over: s.ClosedAt, claim: Claim{Number: s.Number},
	}
	if d := s.Diligence; d != nil {
		p.texts = append(p.texts, part{"Due diligence", strings.Join(append([]string{d.Note}, evidenceLines(d.Evidence)...), "\n")})
	}
	if x := s.Exit; x != nil {
		p.texts = append(p.texts, part{"Exit plan", strings.TrimSpace(x.Text + "\n" + x.URL)})
	}
	p.lines = []heap{
		{"Contacts", contactLines(s.Contacts)},
		{"Depends on", subcontractorLines(s.Subcontractors)},
		{"Certificates", certificateLines(s.Certificates)},
		{"Scores", ratingLines(s.Ratings)},
		{"Corrective actions", correctionLines(s.Corrections)},
	}
	return p
}

// supplierFields are at most ten.
func supplierFields(n itsm.Notice) []string {
	s := n.Supplier
	out := []string{
		"*Tier*\n" + Words(s.Tier),
		"*State*\n" + s.State.Words(),
		"*Owner*\n" + Escape(Name(n.People, s.Owner)) + ", or " + Escape(Name(n.People, s.Deputy)),
		"*Kind*\n" + Words(s.Kind),
	}
	if len(s.Services) > 0 {
		out = append(out, "*Services*\n"+Escape(serviceNames(s.Services)))
	}
	if r := len(s.Ratings); r > 0 {
		last := s.Ratings[r-1]
		out = append(out, "*Last score*\n"+scored(&last.Score)+", "+string(last.Review))
	}
	if d := s.Diligence; d != nil {
		found := "suitable"
		if !d.Suitable {
			found = "not suitable"
		}
		out = append(out, "*Due diligence*\nfound "+found+" by "+Escape(Name(n.People, d.By))+until(d.On, ", anew by "))
	}
	if x := s.Exit; x != nil {
		stands := "written"
		if x.Tested != nil {
			stands = "tested " + moment(*x.Tested)
		}
		out = append(out, "*Exit plan*\n"+stands+until(x.On, ", to be tested by "))
	}
	if due := s.Dues(); len(due) > 0 {
		out = append(out, "*Due first*\n"+dueSays(due[0]))
	}
	return out
}

// dueSays is what is due, and by when.
func dueSays(d itsm.Due) string { return Escape(d.What) + ", " + moment(d.At) }

func until(on itsm.Date, lead string) string {
	if on == 0 {
		return ""
	}
	return lead + on.String()
}

func serviceNames(all []itsm.ServiceID) string {
	names := make([]string, 0, len(all))
	for n, s := range all {
		if n == maxNamed {
			names = append(names, fmt.Sprintf("and %d more", len(all)-n))
			break
		}
		names = append(names, Cut(string(s), 80, "…"))
	}
	return strings.Join(names, ", ")
}

// scored says a score: its band, its points and which part of the weights it rests on.
func scored(s *itsm.Score) string {
	says := strings.ReplaceAll(string(s.Band), "_", " ")
	if s.Points != nil {
		says += fmt.Sprintf(", %d points", *s.Points)
	}
	return says + fmt.Sprintf(" by %d %% of the weights", s.Covered)
}

func contactLines(all []itsm.Contact) (lines []string) {
	for _, c := range all {
		reach := strings.Join(slices.DeleteFunc([]string{c.Email, c.Phone}, func(s string) bool { return s == "" }), ", ")
		lines = append(lines, "• "+Escape(c.Name)+", "+Escape(c.For)+": "+Escape(reach))
	}
	return lines
}

func subcontractorLines(all []itsm.Subcontractor) (lines []string) {
	for _, s := range all {
		lines = append(lines, "• "+Escape(s.Name)+": "+Escape(s.Supplies)+" · "+Escape(Cut(cmp.Or(s.Control, "no word how it is controlled"), excerpt, "…")))
	}
	return lines
}

func certificateLines(all []itsm.Certificate) (lines []string) {
	for _, c := range all {
		line := fmt.Sprintf("%d. %s, until %s", c.ID, Escape(c.Name), c.On)
		switch {
		case c.EndedAt != nil:
			line = fmt.Sprintf("✖️ %d. %s, not needed since %s", c.ID, Escape(c.Name), moment(*c.EndedAt))
		case c.Passed:
			line = "🔴 " + line + ": it has expired"
		}
		if c.URL != "" {
			line += " · " + Escape(Cut(c.URL, excerpt, "…"))
		}
		lines = append(lines, line)
	}
	return lines
}

func ratingLines(all []itsm.Rating) (lines []string) {
	for _, r := range slices.Backward(all) {
		lines = append(lines, "• "+string(r.Review)+": "+scored(&r.Score))
	}
	return lines
}

// correctionLines are the corrective actions that were called for, and which was raised.
func correctionLines(all []itsm.Correction) (lines []string) {
	for _, c := range all {
		line := "• " + Escape(c.Why)
		switch {
		case c.Number != "":
			line += " " + string(c.Number) + " was raised."
		case c.DueAt != nil:
			line += " It is raised by " + moment(*c.DueAt) + "."
		}
		lines = append(lines, line)
	}
	return lines
}
