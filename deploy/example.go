// Package deploy holds the files that the program brings along, so that what
// people copy and what runs without a file of their own is the same text. It refuses
// to know what they mean.
package deploy

import _ "embed"

// ServiceNowProfile is servicenow.example.yaml.
//
//go:embed servicenow.example.yaml
var ServiceNowProfile []byte

// SlackManifest is slack-manifest.yaml, of the app that Steward speaks through.
//
//go:embed slack-manifest.yaml
var SlackManifest []byte
