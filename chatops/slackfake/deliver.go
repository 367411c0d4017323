package slackfake

import (
	"errors"

	"github.com/steward-itsm/steward/chatops/slackfake/delivery"
)

// What a person sees when the app does not answer well, and what they cannot do.
var (
	ErrTimeout        = delivery.ErrTimeout
	ErrDispatch       = delivery.ErrDispatch
	ErrNothingToSend  = delivery.ErrNothingToSend
	ErrDead           = delivery.ErrDead
	ErrCommandAnswer  = errors.New("invalid_command_response") // a command's answer that Slack cannot show
	ErrViewAnswer     = errors.New("invalid_view_response")    // "We had some trouble connecting"
	ErrNoSuchElement  = errors.New("slackfake: no such element")
	ErrNoSuchPerson   = errors.New("slackfake: no such person")
	ErrNoSuchShortcut = errors.New("slackfake: the app has no such message shortcut")
	ErrNotSayable     = errors.New("slackfake: nobody can say that there")
	ErrNoSuchPlace    = errors.New("slackfake: the person does not see that channel, message or view")
)

// Delivery is one signed request to the app, as it was sent.
type Delivery = delivery.Delivery

// Answer is what the app answered.
type Answer = delivery.Answer

// Tamper changes one delivery, to try the app's patience.
type Tamper = delivery.Tamper

// Sign returns the value of X-Slack-Signature for a body sent at a UNIX time.
func Sign(secret, timestamp string, body []byte) string {
	return delivery.Sign(secret, timestamp, body)
}
