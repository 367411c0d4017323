package feeds

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	patience     = 10 * time.Second
	maxText      = 2 << 20 // bytes
	maxHeader    = 64 << 10
	maxRedirects = 3
)

// fetcher gets the text of feeds. Its errors are the end of a sentence about the feed
// and name no address but its host's: the path may be all that keeps it from strangers.
type fetcher struct {
	client        *http.Client
	patience      time.Duration // for all of a fetch
	allowLoopback bool
}

var (
	errElsewhere = errors.New("leads to another host, which is not followed; write that address into the catalog")
	errCircle    = errors.New("leads from one address to the next without end")
)

func newFetcher(patience time.Duration, allowLoopback bool) *fetcher {
	dialer := &net.Dialer{Timeout: patience, ControlContext: guard(allowLoopback)}
	f := &fetcher{patience: patience, allowLoopback: allowLoopback}
	f.client = &http.Client{
		Timeout: patience,
		Transport: &http.Transport{
			// no proxy: it would be the one that is dialled, and the guard would see its address only
			DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: maxHeader,
			MaxIdleConns: 10, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: patience,
		},
		CheckRedirect: func(next *http.Request, before []*http.Request) error {
			switch from := before[len(before)-1].URL; {
			case next.URL.Host != from.Host || next.URL.Scheme != from.Scheme:
				return errElsewhere
			case len(before) > maxRedirects:
				return errCircle
			}
			return nil
		},
	}
	return f
}

// get asks for a feed; text is nil when it still is what bore the etag.
func (f *fetcher) get(ctx context.Context, address, etag string) (text *string, newer string, err error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && (u.Scheme != "http" || !f.allowLoopback)) {
		return nil, "", errors.New("has no address that begins with https://")
	}
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, "", errors.New("has an address that cannot be asked")
	}
	ask.Header.Set("Accept", "text/calendar, */*;q=0.1")
	ask.Header.Set("User-Agent", "Steward")
	if etag != "" {
		ask.Header.Set("If-None-Match", etag)
	}
	answer, err := f.client.Do(ask)
	if err != nil {
		return nil, "", f.plain(err)
	}
	defer func() { _ = answer.Body.Close() }()
	switch {
	case answer.StatusCode == http.StatusNotModified && etag != "":
		return nil, etag, nil
	case answer.StatusCode != http.StatusOK:
		return nil, "", fmt.Errorf("answers %d instead of a calendar", answer.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxText+1))
	switch {
	case err != nil:
		return nil, "", f.plain(err)
	case len(body) > maxText:
		return nil, "", errors.New("has more than 2 MiB; let it say less of the past")
	}
	said := string(body)
	return &said, answer.Header.Get("ETag"), nil
}

// plain says what went wrong on the way, without the address.
func (f *fetcher) plain(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	for _, known := range []error{errElsewhere, errCircle, errPrivate} {
		if errors.Is(err, known) {
			return known
		}
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return fmt.Errorf("does not answer within %s", f.patience)
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Errorf("cannot be found: %s", e.Err)
	}
	return fmt.Errorf("cannot be read: %w", err)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "the rotation"
	}
	return u.Host
}
