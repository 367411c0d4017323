// Package holidays joins the catalog's calendars with the world: the zones of the
// IANA and the public holidays of countries. It decides nothing about time that
// counts; that is itsm's.
//
// Zones and holidays are data that change with years and releases. A deadline is
// therefore computed here, in an activity or in what an activity calls, and recorded
// as an instant; a workflow that computed one could disagree with its own history.
// For the same reason the catalog pins a calendar's hours and closed dates by
// version, but not the holidays: those are what the running program knows. A
// company that must not depend on that lists its holidays as closed dates and names
// no country.
//
// It stands apart from package activities because the catalog's check wants to know
// of a country, too, and must not bring the database along.
package holidays
