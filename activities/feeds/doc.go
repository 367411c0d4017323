// Package feeds answers who is on call: from the catalog's rotations, and for those
// that name an iCalendar feed, from what the feed says (RFC 5545).
//
// A feed is somebody else's machine. It is asked with little patience, for little, and
// only at public addresses; what it says is read once, kept for five minutes, and kept
// for longer when it cannot be read again, because last week's plan is a better guess
// at three in the morning than none. An Answer says how old it is and what was wrong.
//
// The package refuses to guess where a guess would call the wrong person: an event
// that it does not understand, or that names nobody of the catalog, puts nobody on
// call and is told as a problem. Rules and zones depend on data that change with
// machines and years, so it has no place in a workflow: what it answers is recorded.
package feeds
