package delivery

import (
	"encoding/json"
	"time"
)

// Tamper changes one delivery, to try the app's patience.
type Tamper struct {
	Skew           time.Duration // added to the timestamp, which is then signed
	WrongSignature bool          // signed with another secret
	NoSignature    bool
	InQuery        bool // the payload travels in the URL, which the signature does not cover
	ExtraFields    bool // fields that no documentation names
	UnknownElement bool // the payload's first block grows an element of an unknown type
	Twice          bool // delivered again at once, byte for byte
}

// Tamper queues changes for the next deliveries, one each.
func (c *Courier) Tamper(t ...Tamper) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tampers = append(c.tampers, t...)
}

func (c *Courier) takeTamper() Tamper {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.tampers) == 0 {
		return Tamper{}
	}
	t := c.tampers[0]
	c.tampers = c.tampers[1:]
	return t
}

// strange adds to a payload what a later Slack might, where t asks for it.
func strange(raw []byte, t Tamper) ([]byte, error) {
	if !t.ExtraFields && !t.UnknownElement {
		return raw, nil
	}
	var p map[string]any
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, err
	}
	if t.ExtraFields {
		p["unheard_of"] = map[string]any{"deep": []any{1, "two", nil}}
	}
	for _, holder := range []string{"message", "view"} {
		if h, ok := p[holder].(map[string]any); ok && t.UnknownElement {
			hologram := map[string]any{"type": "hologram", "action_id": "wave"}
			blocks, _ := h["blocks"].([]any)
			h["blocks"] = append([]any{map[string]any{"type": "actions", "block_id": "strange", "elements": []any{hologram}}}, blocks...)
		}
	}
	return json.Marshal(p)
}
