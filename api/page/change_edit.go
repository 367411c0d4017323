package page

import (
	"context"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// edit sends the whole text as the form holds it: what somebody left alone is
// equal to what is there and so no edit. The same form always makes the same
// request, also when it arrives once more after it counted.
func edit(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
	held, err := at.Change(ctx, a.who, a.n)
	if err != nil {
		return itsm.Receipt{}, err
	}
	r := itsm.EditRequest{Note: a.form["note"]}
	if r.Revision, err = number(a.form["revision"], "/revision"); err != nil {
		return itsm.Receipt{}, err
	}
	if r.Edit, err = readEdit(a.form, held.ChangeDraft, a.zone); err != nil {
		return itsm.Receipt{}, err
	}
	return at.EditChange(ctx, a.who, a.n, r)
}

func readEdit(f form, held itsm.ChangeDraft, zone *time.Location) (itsm.Edit, error) {
	e := itsm.Edit{
		Title: left(f["title"], held.Title), Description: left(f["description"], held.Description),
		Justification: left(f["justification"], held.Justification), Plan: left(f["plan"], held.Plan),
		TestPlan: left(f["test_plan"], held.TestPlan), BackoutPlan: left(f["backout_plan"], held.BackoutPlan),
		Assessment: readAssessment(f),
	}
	minutes := 0
	var err error
	if text := strings.TrimSpace(f["backout_minutes"]); text != "" {
		if minutes, err = number(text, "/backout_minutes"); err != nil {
			return e, err
		}
	}
	e.Backout = &minutes
	items, links := lines(f["configuration_items"]), held.Links
	e.Items = &items
	if f["links"] != linksText(held.Links) {
		links = readLinks(f["links"])
	}
	e.Links = &links
	if e.Risk, err = readRisk(f); err != nil {
		return e, err
	}
	return e, readWindow(&e, f, held.Window, zone)
}

// left is a text as it was sent; where only what browsers do to the ends of lines
// tells it from what is there, what is there.
func left(sent, held string) *string {
	if sent == newlines.Replace(held) {
		sent = held
	}
	return &sent
}

func lines(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

func readLinks(text string) (all []itsm.Link) {
	for _, line := range lines(text) {
		address, title, _ := strings.Cut(line, " ")
		all = append(all, itsm.Link{URL: address, Title: strings.TrimSpace(title)})
	}
	return all
}

// readRisk is nil when nothing of it was judged; what was judged in part is for
// the rules to refuse.
func readRisk(f form) (*itsm.Risk, error) {
	var r itsm.Risk
	marks := map[itsm.RiskDimension]*int{
		itsm.RiskComplexity: &r.Complexity, itsm.RiskBusinessImpact: &r.BusinessImpact, itsm.RiskRollback: &r.Rollback,
		itsm.RiskTestCoverage: &r.TestCoverage, itsm.RiskRecentChurn: &r.RecentChurn,
	}
	judged := false
	for _, d := range itsm.RiskDimensions {
		name := "risk/" + string(d)
		if f[name] == "" {
			continue
		}
		mark, err := number(f[name], "/"+name)
		if err != nil {
			return nil, err
		}
		*marks[d], judged = mark, true
	}
	if !judged {
		return nil, nil //nolint:nilnil // not judged: the edit leaves it as it is
	}
	return &r, nil
}

func readWindow(e *itsm.Edit, f form, held *itsm.Window, zone *time.Location) error {
	start, end := f["window/start"], f["window/end"]
	if start == "" && end == "" {
		e.NoWindow = true
		return nil
	}
	var was itsm.Window
	if held != nil {
		was = *held
	}
	var w itsm.Window
	var err error
	if w.Start, err = instantOf(start, "/window/start", was.Start, zone); err != nil {
		return err
	}
	if w.End, err = instantOf(end, "/window/end", was.End, zone); err != nil {
		return err
	}
	e.Window = &w
	return nil
}
