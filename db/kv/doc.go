// Package kv is what Steward keeps in Redis: rate limits, and what it remembers of
// Slack's directory. It keeps nothing that matters: Redis may be emptied or gone
// at any moment, and then limits are kept by each process alone and Slack is asked
// again. Whatever must not be lost or decides anything belongs in db.
//
// Every key ends by itself. A dead Redis costs one short timeout every few
// seconds: in between nobody waits for it.
package kv
