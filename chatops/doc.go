// Package chatops is the Slack door: people type, press and fill forms, and Bot
// answers them in the words that the desk gave it. It decides nothing, keeps
// nothing of its own and trusts nothing but what Slack signed.
//
// What Slack delivers is verified, kept in the desk's inbox, tried for up to two
// seconds and answered in the response. What takes longer is finished by Relay
// from its row and answered through the response URL or a direct message. What
// the processes have to say arrives the other way, as notices, by package
// messenger, in a process that need not have the door. What Slack delivers is read in
// package payload and what people type in package typed; how it all looks is in
// package cards, and what they fill in is in package form.
package chatops
