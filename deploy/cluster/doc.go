// Package cluster makes a Temporal namespace ready for Steward: the dev server's,
// a cluster's or Temporal Cloud's. It adds what is missing and changes nothing
// that is already as asked. It refuses to install, to size or to remove anything.
package cluster
