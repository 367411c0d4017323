package form

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// Filled is a form as somebody filled it in.
type Filled struct {
	Callback string
	Private  string // what we put in when it was opened; anybody may have changed it
	Values   map[string]map[string]json.RawMessage
}

// shows tells whether the form has a field.
func (f Filled) shows(block string) bool {
	_, shown := f.Values[block]
	return shown
}

// raw is what a field holds, whatever kind of field it is.
func (f Filled) raw(block string) string {
	if at := f.Instant(block); !at.IsZero() {
		return strconv.FormatInt(at.Unix(), 10)
	}
	return f.Text(block)
}

// Text is what was typed or chosen in the field, whichever it offers.
func (f Filled) Text(block string) string {
	for _, raw := range f.Values[block] {
		var v struct {
			Value    *string `json:"value"`
			User     *string `json:"selected_user"`
			Day      *string `json:"selected_date"`
			Selected *struct {
				Value string `json:"value"`
			} `json:"selected_option"`
		}
		switch {
		case json.Unmarshal(raw, &v) != nil:
			return ""
		case v.Value != nil:
			return *v.Value
		case v.User != nil:
			return *v.User
		case v.Day != nil:
			return *v.Day
		case v.Selected != nil:
			return v.Selected.Value
		}
	}
	return ""
}

// Texts are what was chosen in the field, which offers several at once.
func (f Filled) Texts(block string) (all []string) {
	for _, raw := range f.Values[block] {
		var v struct {
			Selected []struct {
				Value string `json:"value"`
			} `json:"selected_options"`
		}
		if json.Unmarshal(raw, &v) != nil {
			return nil
		}
		for _, s := range v.Selected {
			all = append(all, s.Value)
		}
	}
	return all
}

// Instant is what was picked in a datetimepicker; zero when nothing was.
func (f Filled) Instant(block string) time.Time {
	for _, raw := range f.Values[block] {
		var v struct {
			At json.Number `json:"selected_date_time"`
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		if d.Decode(&v) != nil {
			return time.Time{}
		}
		if s, err := strconv.ParseInt(v.At.String(), 10, 64); err == nil && s > 0 && s < 1<<40 {
			return time.Unix(s, 0).UTC()
		}
	}
	return time.Time{}
}

// Weighs tells whether the form asks about risk.
func (f Filled) Weighs() bool { return f.shows("risk_" + string(itsm.RiskComplexity)) }

// Draft is the change that was filled in.
func (f Filled) Draft() itsm.ChangeDraft {
	d := itsm.ChangeDraft{
		Type: itsm.Normal, Title: f.Text("title"), Description: f.Text("description"),
		Service: itsm.ServiceID(f.Text("service")), Plan: f.Text("plan"), BackoutPlan: f.Text("backout_plan"),
		Justification: f.Text("justification"), TestPlan: f.Text("test_plan"),
		Items: lineByLine(f.Text("configuration_items")), Links: Links(f.Text("links")), Risk: f.risk(),
	}
	if minutes := f.Text("backout_minutes"); minutes != "" {
		n, err := strconv.Atoi(strings.TrimSpace(minutes))
		if err != nil {
			n = -1 // the rules refuse it, beside its field
		}
		d.Backout = n
	}
	if w := (itsm.Window{Start: f.Instant("window_start"), End: f.Instant("window_end")}); !w.Start.IsZero() || !w.End.IsZero() {
		d.Window = &w
	}
	return d
}

// risk is what was answered about it; nil when nothing was.
func (f Filled) risk() *itsm.Risk {
	var r itsm.Risk
	for dimension, to := range map[itsm.RiskDimension]*int{
		itsm.RiskComplexity: &r.Complexity, itsm.RiskBusinessImpact: &r.BusinessImpact, itsm.RiskRollback: &r.Rollback,
		itsm.RiskTestCoverage: &r.TestCoverage, itsm.RiskRecentChurn: &r.RecentChurn,
	} {
		if v, err := strconv.Atoi(f.Text("risk_" + string(dimension))); err == nil {
			*to = v
		}
	}
	if r == (itsm.Risk{}) {
		return nil
	}
	return &r
}

// lineByLine takes a text apart into its lines, without those that are empty.
func lineByLine(text string) (out []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// Links reads a link from each line of a text.
func Links(text string) (out []itsm.Link) {
	for _, line := range lineByLine(text) {
		out = append(out, Link(line))
	}
	return out
}

// Link reads an address or a record's number, and what is beside it as its title.
// What holds neither is taken for an address, for the rules to refuse.
func Link(line string) itsm.Link {
	words := strings.Fields(line)
	for i, w := range words {
		if strings.Contains(w, "://") || itsm.Number(w).Check() == nil {
			rest := append(append([]string{}, words[:i]...), words[i+1:]...)
			return itsm.Link{URL: w, Title: strings.Join(rest, " ")}
		}
	}
	return itsm.Link{URL: strings.Join(words, " ")}
}
