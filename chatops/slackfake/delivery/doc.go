// Package delivery carries what people do in Slack to the app: signed as Slack
// signs, given three seconds, tried again on Slack's schedule where it was an event,
// and tampered with where a test asks. It refuses to know what it carries or to obey
// what the app answers.
package delivery
