// Package servicenow reads what ServiceNow exports of its incidents, event by event,
// and plays it through the rules of package itsm at the log's own times: what comes
// out is the history that those incidents would have had in Steward. A profile says
// how the source meant what it wrote: its states, its matrix, its targets, its zone.
//
// It refuses to guess. An incident goes in whole or not at all, and each row that
// stands in the way is told with its line, its column and its mend. What the log
// skips is inferred along the rules' own moves, and counted as inferred; where the
// rules come to another result than the source did, the report says so and why. It
// keeps nothing of a person but the id that the log has. It stores nothing: whoever
// imports hands in what does.
package servicenow
