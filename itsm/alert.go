package itsm

import "time"

// AlertGrouping is what of an alert makes one incident.
type AlertGrouping string

// The groupings.
const (
	ByGroup AlertGrouping = "group" // the sender's group: one incident for all its alerts
	ByAlert AlertGrouping = "alert" // each alert by itself
)

// AlertRule maps what monitoring says to an incident: the first rule of the catalog
// that matches.
type AlertRule struct {
	Match      []LabelMatch  `json:"match,omitempty"` // all of them; none: everything
	Service    ServiceID     `json:"service,omitempty"`
	Impact     Degree        `json:"impact,omitempty"`
	Urgency    Degree        `json:"urgency,omitempty"`
	Escalation EscalationID  `json:"escalation,omitempty"`
	By         AlertGrouping `json:"by,omitempty"`        // empty: group
	KeepOpen   bool          `json:"keep_open,omitempty"` // its end resolves nothing: somebody has to look
}

// LabelMatch is one condition on a label: exactly one of the two.
type LabelMatch struct {
	Label   string `json:"label"`
	Is      string `json:"is,omitempty"`
	Matches string `json:"matches,omitempty"` // a regular expression that fits the whole value (RE2)
}

// AlertAction is what an alert says.
type AlertAction string

// The actions.
const (
	AlertFires        AlertAction = "trigger"
	AlertAcknowledged AlertAction = "acknowledge"
	AlertEnds         AlertAction = "resolve"
)

// Alert is one thing that monitoring says, whoever its sender is.
type Alert struct {
	Action      AlertAction
	Group       string // the sender's group, or the alert's own key where it has none
	Fingerprint string // names the alert within its source
	Title       string
	Description string
	Labels      map[string]string
	URL         string
	At          time.Time // as the sender says
}
