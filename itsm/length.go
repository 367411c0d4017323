package itsm

import "time"

type Length struct {
	Time time.Duration
	Days int
}

func (l Length) IsZero() bool                                          { return l == Length{} }
func (l Length) From(at time.Time, in BusinessTime) (time.Time, error) { return in.Add(at, l.Time) }
