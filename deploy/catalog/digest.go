package catalog

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/gowebpki/jcs"

	"github.com/steward-itsm/steward/itsm"
)

// Digest is the SHA-256, in hex, of what a catalog says, over canonical JSON (RFC
// 8785). The order in which it says it, comments and layout do not count.
func Digest(c itsm.Catalog) string {
	text, err := json.Marshal(ordered(c))
	if err == nil {
		text, err = jcs.Transform(text)
	}
	if err != nil {
		panic(fmt.Errorf("catalog: digest: %w", err)) // no value of the type is without JSON
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Format writes a catalog as YAML that Parse reads back.
func Format(c itsm.Catalog) ([]byte, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("catalog: format: %w", err)
	}
	out, err := yaml.JSONToYAML(text)
	if err != nil {
		return nil, fmt.Errorf("catalog: format: %w", err)
	}
	return out, nil
}

// ordered is the catalog with every list in one order and no list missing.
func ordered(c itsm.Catalog) itsm.Catalog {
	c.People = sorted(c.People, func(p itsm.Person) string { return string(p.ID) })
	for i := range c.People {
		c.People[i].Roles = sorted(c.People[i].Roles, func(r itsm.Role) string { return string(r) })
	}
	c.Teams = sorted(c.Teams, func(t itsm.Team) string { return string(t.ID) })
	for i := range c.Teams {
		c.Teams[i].Members = sorted(c.Teams[i].Members, func(p itsm.PersonID) string { return string(p) })
	}
	c.Services = sorted(c.Services, func(s itsm.Service) string { return string(s.ID) })
	c.GitHub = sorted(c.GitHub, func(r itsm.DeploymentRule) string { return r.Repository + "\n" + r.Environment })
	return c
}

func sorted[T any](list []T, key func(T) string) []T {
	list = append([]T{}, list...)
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	return list
}
