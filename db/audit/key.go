package audit

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// OpenKey reads the Ed25519 key that signs anchors (PKCS #8, PEM). When there is
// none it makes one, readable by its owner alone, and puts the public half beside
// it, with .pub added: auditors need that half, and should keep a copy.
func OpenKey(path string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("anchor key: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("anchor key: %s is no PEM file", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("anchor key: %w", err)
	}
	signer, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("anchor key: %s holds no Ed25519 key", path)
	}
	return signer, nil
}

func makeKey(path string) (ed25519.PrivateKey, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("anchor key: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("anchor key: %w", err)
	}
	known, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("anchor key: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("anchor key: %w", err)
	}
	// The public half comes first: a key that nobody can check is worth nothing.
	if err := writeNew(path+".pub", "PUBLIC KEY", known, 0o644); err != nil {
		return nil, err
	}
	return private, writeNew(path, "PRIVATE KEY", secret, 0o600)
}

func writeNew(path, kind string, der []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("anchor key: %w", err)
	}
	if err := errors.Join(pem.Encode(f, &pem.Block{Type: kind, Bytes: der}), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("anchor key: %w", err)
	}
	return nil
}

// OpenPublicKey reads the public half that OpenKey left.
func OpenPublicKey(path string) (ed25519.PublicKey, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("anchor key: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("anchor key: %s is no PEM file", path)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("anchor key: %w", err)
	}
	public, ok := key.(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("anchor key: %s holds no Ed25519 key", path)
	}
	return public, nil
}
