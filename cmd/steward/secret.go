package main

import (
	"encoding"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"
)

const redacted = "[redacted]"

var _, _, _ encoding.TextMarshaler = Secret(""), Key{}, EncryptionKey{}

// Secret is text that no log, error or dump may show.
type Secret string

// Reveal gives the text to whoever must send or check it.
func (s Secret) Reveal() string { return string(s) }

// Format redacts under every verb.
func (s Secret) Format(f fmt.State, _ rune) { redact(f) }

// LogValue redacts.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText redacts, and with it JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil } //nolint:unparam // encoding.TextMarshaler asks for it

// Key is a secret of random bytes.
type Key struct{ bytes []byte }

// Reveal gives the bytes to whoever signs or encrypts.
func (k Key) Reveal() []byte { return k.bytes }

// Format redacts under every verb.
func (k Key) Format(f fmt.State, _ rune) { redact(f) }

// LogValue redacts.
func (k Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText redacts, and with it JSON and YAML.
func (k Key) MarshalText() ([]byte, error) { return []byte(redacted), nil } //nolint:unparam // encoding.TextMarshaler asks for it

// minKey is the least number of bytes in a key.
const minKey = 32

var hexKey = regexp.MustCompile(`^([0-9a-fA-F]{2})+$`)

var errKey = errors.New("must be at least 32 random bytes, in hex or base64; make one with: openssl rand -hex 32")

// UnmarshalText reads hex or base64.
func (k *Key) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	var b []byte
	if hexKey.MatchString(s) {
		b, _ = hex.DecodeString(s) // the pattern lets nothing else through
	} else {
		plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
		var err error
		if b, err = base64.RawStdEncoding.DecodeString(plain); err != nil {
			return errKey
		}
	}
	if len(b) < minKey || distinct(b) < minKey/4 {
		return errKey
	}
	k.bytes = b
	return nil
}

// EncryptionKey is a key that encrypted payloads name by its id.
type EncryptionKey struct {
	ID string `json:"id"`
	Key
}

var keyID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,32}$`)

// UnmarshalText reads id:key.
func (k *EncryptionKey) UnmarshalText(text []byte) error {
	id, key, ok := strings.Cut(strings.TrimSpace(string(text)), ":")
	if !ok || !keyID.MatchString(id) {
		return errors.New("must be id:key, such as 2026a:$(openssl rand -hex 32)")
	}
	if err := k.Key.UnmarshalText([]byte(key)); err != nil {
		return err
	}
	if len(k.bytes) != minKey {
		return errors.New("must be exactly 32 bytes (AES-256), in hex or base64")
	}
	k.ID = id
	return nil
}

// Format shows the id alone.
func (k EncryptionKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.ID+":"+redacted) }

// LogValue shows the id alone.
func (k EncryptionKey) LogValue() slog.Value { return slog.StringValue(k.ID + ":" + redacted) }

// MarshalText shows the id alone.
func (k EncryptionKey) MarshalText() ([]byte, error) { return []byte(k.ID + ":" + redacted), nil } //nolint:unparam // encoding.TextMarshaler asks for it

func redact(f fmt.State) { _, _ = io.WriteString(f, redacted) } // fmt.State never fails

func distinct(b []byte) int {
	var seen [256]bool
	n := 0
	for _, c := range b {
		if !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n
}
