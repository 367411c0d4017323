package desk

import (
	"errors"
)

var errNotYet = errors.New("desk: being written")

// Desk serves people, whichever door they came through.
type Desk struct{}
