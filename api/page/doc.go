// Package page is the HTTP door's face for people: a record on a page of its own,
// with what its reader can do about it, for when Slack is down or was never there.
//
// It is HTML from the server and works without any script. It decides nothing:
// like every door it asks the desk, shows what the desk answers and refuses in the
// desk's words. It is no application of its own: it keeps no state but a sealed
// cookie, and offers nothing that the API does not.
package page
