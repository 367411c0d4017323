// Command ran reads what go test -json says of the whole repository, prints of it
// what a person wants to see, and fails when a test that the documents name as
// proof did not run or did not pass. Whether such a test exists at all is looked up
// by the documents' own tests. It runs nothing, and judges no test.
//
//	go test -json ./... | go run ./docs/ran
package main
