// Package form is what people fill in within Slack: the modals that ask, and the
// reading of what was entered. It is pure and keeps nothing; one package makes and
// reads each form, so that the names of its fields cannot drift apart. It judges
// nothing: what is wrong with what somebody entered, the desk says, and Errors puts
// that beside the fields.
package form
