package itsm

type RotationID string

type Rotation struct {
	ID RotationID `json:"id"`
}
