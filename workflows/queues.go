package workflows

import "go.temporal.io/sdk/temporal"

// The task queues.
const (
	// Queue is where processes run and records are saved.
	Queue = "steward"
	// OutQueue is where the world is told. It has its own rate and its own
	// retries, so that an outage there delays nothing here.
	OutQueue = "steward-out"
	// PageQueue is where people are called. Nothing stands before them there.
	PageQueue = "steward-page"
)

// The search attributes. SQL visibility has room for ten Keywords, so the list is
// closed. None holds a name or an address: they are stored in the clear.
var (
	Process    = temporal.NewSearchAttributeKeyKeyword("StewardProcess")
	State      = temporal.NewSearchAttributeKeyKeyword("StewardState")
	Service    = temporal.NewSearchAttributeKeyKeyword("StewardService")
	Priority   = temporal.NewSearchAttributeKeyKeyword("StewardPriority")
	Risk       = temporal.NewSearchAttributeKeyKeyword("StewardRisk")
	Team       = temporal.NewSearchAttributeKeyKeyword("StewardTeam")
	Outcome    = temporal.NewSearchAttributeKeyKeyword("StewardOutcome")
	WaitingFor = temporal.NewSearchAttributeKeyKeywordList("StewardWaitingFor")
	Due        = temporal.NewSearchAttributeKeyTime("StewardDue")
	Breached   = temporal.NewSearchAttributeKeyBool("StewardBreached")
)

// SearchAttributes is every search attribute, for the step that registers them.
var SearchAttributes = []temporal.SearchAttributeKey{
	Process, State, Service, Priority, Risk, Team, Outcome, WaitingFor, Due, Breached,
}
