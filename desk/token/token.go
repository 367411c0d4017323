package token

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// Bounds on how long a token may live.
const (
	MinTTL = time.Minute
	MaxTTL = 366 * 24 * time.Hour
)

// The prefixes say what a text is a credential of, so that one that leaked is known
// for what it is, and one kind is never taken for the other.
const (
	prefix = "stw_" // of the API
	intake = "swi_" // of what sends alerts
)

const (
	idLen     = 12
	secretLen = 43 // 62^43 > 2^256
	crcLen    = 6  // 62^6 > 2^32

	// Len is the length of every token, in bytes.
	Len = len(prefix) + idLen + 1 + secretLen + 1 + crcLen

	digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// Token is what a token's text holds.
type Token struct {
	ID     string // public: names the token in lists, logs and the audit
	Secret []byte // at least 256 random bits, as base-62 digits
}

// New draws a token from a source of random bytes (crypto/rand.Reader) and
// returns it with its text, which is shown once and kept nowhere.
func New(random io.Reader) (Token, string, error) { return drawn(prefix, random) }

// NewIntake draws the key of an intake, as New does a token.
func NewIntake(random io.Reader) (Token, string, error) { return drawn(intake, random) }

func drawn(prefix string, random io.Reader) (Token, string, error) {
	id, err := draw(random, idLen)
	if err != nil {
		return Token{}, "", err
	}
	secret, err := draw(random, secretLen)
	if err != nil {
		return Token{}, "", err
	}
	body := prefix + string(id) + "_" + string(secret)
	return Token{ID: string(id), Secret: secret}, body + "_" + checksum(body), nil
}

// Parse takes a token's text apart, or refuses what cannot be one. It compares
// nothing with anything stored.
func Parse(text string) (id string, secret []byte, err error) { return parse(prefix, text) }

// IntakeText is the text of an intake's key that has another secret.
func IntakeText(id string, secret []byte) string {
	body := intake + id + "_" + string(secret)
	return body + "_" + checksum(body)
}

// ParseIntake takes an intake's key apart, as Parse does a token.
func ParseIntake(text string) (id string, secret []byte, err error) { return parse(intake, text) }

func parse(prefix, text string) (id string, secret []byte, err error) {
	if len(text) != Len || !strings.HasPrefix(text, prefix) {
		return "", nil, malformed()
	}
	body, crc := text[:Len-crcLen-1], text[Len-crcLen:]
	id, rest := body[len(prefix):len(prefix)+idLen], body[len(prefix)+idLen:]
	if rest[0] != '_' || text[Len-crcLen-1] != '_' || !isDigits(id) || !isDigits(rest[1:]) || crc != checksum(body) {
		return "", nil, malformed()
	}
	return id, []byte(rest[1:]), nil
}

// Hash is what is kept of a secret: its SHA-256.
func Hash(secret []byte) []byte {
	sum := sha256.Sum256(secret)
	return sum[:]
}

// Matches compares a secret with a kept hash, in the same time whether or not
// they match.
func Matches(secret, hash []byte) bool {
	return subtle.ConstantTimeCompare(Hash(secret), hash) == 1
}

// CheckTTL refuses a life that is too short to be used or too long to be safe.
func CheckTTL(ttl time.Duration) error {
	if ttl < MinTTL || ttl > MaxTTL {
		return itsm.Refuse(itsm.Invalid, "token.ttl", "A token lives between 1m and 8784h (366 days), not %s.", ttl)
	}
	return nil
}

func malformed() error {
	return itsm.Refuse(itsm.Unauthenticated, "token.malformed",
		"That is not an API token, or part of it is missing. A token begins with %s and has %d characters.", prefix, Len)
}

// draw makes n digits, each as likely as any other.
func draw(random io.Reader, n int) ([]byte, error) {
	const fair = 256 - 256%len(digits)
	out := make([]byte, 0, n)
	for len(out) < n {
		chunk := make([]byte, n-len(out))
		if _, err := io.ReadFull(random, chunk); err != nil {
			return nil, fmt.Errorf("token: no random bytes: %w", err)
		}
		for _, b := range chunk {
			if int(b) < fair {
				out = append(out, digits[int(b)%len(digits)])
			}
		}
	}
	return out, nil
}

func checksum(body string) string {
	sum := crc32.ChecksumIEEE([]byte(body))
	out := make([]byte, crcLen)
	for i := crcLen - 1; i >= 0; i-- {
		out[i] = digits[sum%uint32(len(digits))]
		sum /= uint32(len(digits))
	}
	return string(out)
}

func isDigits(text string) bool {
	for i := range len(text) {
		if strings.IndexByte(digits, text[i]) < 0 {
			return false
		}
	}
	return true
}
