// Package cards is what people see in Slack: records, lists, forms and answers as
// Block Kit, within Slack's limits. It is pure: the same arguments give the same
// blocks. It calls nobody, reads nothing and decides nothing; what a person may do
// is in the explanation that it is given.
//
// Words of people are data: they are escaped or stand in plain text, and are cut
// to what Slack takes.
package cards
