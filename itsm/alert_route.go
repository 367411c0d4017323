package itsm

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxLabel is how much of a label's value is told, in characters.
const maxLabel = 500

// AlertRouter knows what incident is made of an alert. It reads the rules' patterns
// once, however many alerts of a storm are routed by it.
type AlertRouter struct {
	rules    []AlertRule
	policy   IncidentPolicy
	patterns map[string]*regexp.Regexp // by what they are written as
}

// AlertRouter routes by the rules of the catalog. A pattern that is none matches
// nothing; Check refuses a catalog that has one.
func (c *Catalog) AlertRouter() AlertRouter {
	r := AlertRouter{rules: c.AlertRules, policy: c.Incident, patterns: make(map[string]*regexp.Regexp)}
	for _, rule := range c.AlertRules {
		for _, m := range rule.Match {
			if whole, err := compileMatch(m.Matches); m.Matches != "" && err == nil {
				r.patterns[m.Matches] = whole
			}
		}
	}
	return r
}

// compileMatch reads a pattern that has to fit a whole value.
func compileMatch(pattern string) (*regexp.Regexp, error) {
	return regexp.Compile(`^(?s:` + pattern + `)$`)
}

// RouteAlert is what the catalog makes of one alert.
func (c *Catalog) RouteAlert(services []ServiceID, labels map[string]string) AlertRule {
	return c.AlertRouter().Route(services, labels)
}

// Route is the first rule that matches the labels and is for one of the services that
// the alert's source is bound to; else the first of those services. What the rule
// leaves open of impact and urgency is as the policy has it.
func (r AlertRouter) Route(services []ServiceID, labels map[string]string) AlertRule {
	found := AlertRule{}
	for _, rule := range r.rules {
		bound := rule.Service == "" || slices.Contains(services, rule.Service)
		if bound && r.matches(rule, labels) {
			found = rule
			break
		}
	}
	if found.Service == "" && len(services) > 0 {
		found.Service = services[0]
	}
	d := r.policy.classified(IncidentDraft{Impact: found.Impact, Urgency: found.Urgency})
	found.Impact, found.Urgency, found.By = d.Impact, d.Urgency, cmp.Or(found.By, ByGroup)
	return found
}

func (r AlertRouter) matches(rule AlertRule, labels map[string]string) bool {
	return !slices.ContainsFunc(rule.Match, func(m LabelMatch) bool {
		value := labels[m.Label]
		if m.Matches == "" {
			return value != m.Is
		}
		whole := r.patterns[m.Matches]
		return whole == nil || !whole.MatchString(value)
	})
}

// Key is what the alerts of one incident have in common, as the rule has it. One that
// could not be kept as it is becomes its hash, and stays its own.
func (r AlertRule) Key(a Alert) string {
	key := cmp.Or(a.Group, a.Fingerprint)
	if r.By == ByAlert {
		key = cmp.Or(a.Fingerprint, a.Group)
	}
	var f faults
	if f.line("", key, maxAlertKey); len(f) == 0 {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// AlertDraft makes an incident's draft of an alert, by the rule that Route found for
// it. What the sender wrote is cut to what an incident takes, and loses what no
// screen should obey.
func AlertDraft(source string, a Alert, r AlertRule) IncidentDraft {
	d := IncidentDraft{
		IncidentText: IncidentText{
			Title:       oneLine(a.Title, MaxTitle),
			Description: alertText(a),
			Service:     r.Service,
			Alert:       &Origin{Source: oneLine(source, maxSource), Key: r.Key(a)},
		},
		Impact: r.Impact, Urgency: r.Urgency, Escalation: r.Escalation,
	}
	if d.Title == "" {
		d.Title = oneLine("An alert of "+source, MaxTitle)
	}
	var f faults
	if f.address("", a.URL); len(f) == 0 {
		d.Alert.URL = a.URL // whole, or not at all: part of an address leads elsewhere
	}
	return d
}

// alertText is what an alert says, and then its labels, a line each.
func alertText(a Alert) string {
	text := strings.TrimSpace(printable(a.Description))
	names := make([]string, 0, len(a.Labels))
	for name := range a.Labels {
		names = append(names, name)
	}
	slices.Sort(names)
	lines := make([]string, 0, len(names)+2)
	if text != "" {
		lines = append(lines, text, "")
	}
	for _, name := range names {
		lines = append(lines, oneLine(name, maxName)+": "+oneLine(a.Labels[name], maxLabel))
	}
	return head(strings.TrimSpace(strings.Join(lines, "\n")), MaxText)
}

// oneLine is a text as one line of so many characters at most.
func oneLine(text string, most int) string {
	return head(strings.Join(strings.Fields(printable(text)), " "), most)
}

// printable is a text without what a screen may obey, or Postgres does not take.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unprintable(r) {
			return -1
		}
		return r
	}, text)
}
