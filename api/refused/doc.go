// Package refused says what a refusal is in HTTP: its status, what of it may be
// shown, and when to come back. The API and the record's page both ask it, so one
// refusal is the same at both. It writes nothing: a problem document and a page
// look different.
package refused
