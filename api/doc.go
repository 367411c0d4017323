// Package api is the HTTP door: it turns a request into a call on the desk, and
// the desk's answer into JSON.
//
// openapi.yaml is the contract and openapi.gen.go is made from it. What is sent is
// held against the document before anybody looks at it, so that what does not fit
// never gets further. The door decides nothing about a record: who may do what,
// and when, is the desk's and the process's to say, and this package passes on
// their codes and their sentences as they are.
package api
