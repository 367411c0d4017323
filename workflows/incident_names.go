package workflows

import "github.com/steward-itsm/steward/itsm"

// IncidentType is the name of the incident process in Temporal.
const IncidentType = "Incident"

// IncidentSummary is the line by which a process owner knows an incident in Temporal:
// who, what, and of which service.
func IncidentSummary(reporter itsm.PersonID, d itsm.IncidentDraft) string {
	return string(reporter) + " · " + string(d.Service) + " · " + d.Title
}
