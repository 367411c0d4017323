package api

import (
	"context"
	"net/http"
	"regexp"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/itsm"
)

// etag is a revision as a strong validator (RFC 9110, 8.8.3): a record has one
// content for each of its revisions.
func etag(revision int) string { return `"` + strconv.Itoa(revision) + `"` }

// receipt is what a successful act is answered with.
func receipt(r itsm.Receipt) ReceiptJSONResponse {
	return ReceiptJSONResponse{Body: r, Headers: ReceiptResponseHeaders{ETag: etag(r.Revision)}}
}

type revisionKey struct{}

// readAt is the revision that the caller acts on, where checkRevision asked for it.
func readAt(ctx context.Context) int {
	revision, _ := ctx.Value(revisionKey{}).(int)
	return revision
}

// checkRevision refuses an act that the document binds to a revision and that
// names none. Whether it is still the record's is the process's to say.
func checkRevision(c *gin.Context, op *openapi3.Operation) error {
	if op.Parameters.GetByInAndName(openapi3.ParameterInHeader, "If-Match") == nil {
		return nil
	}
	revision, err := ifMatch(c.Request.Header)
	if err != nil {
		return err
	}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), revisionKey{}, revision))
	return nil
}

var revisionTag = regexp.MustCompile(`^"(0|[1-9][0-9]{0,8})"$`)

// ifMatch reads the one strong tag that an edit is bound to (RFC 9110, 13.1.1).
// Several tags, or a weak one, would be an edit of no text that anybody read.
func ifMatch(h http.Header) (int, error) {
	values := h.Values("If-Match")
	switch {
	case len(values) == 0:
		return 0, itsm.Refuse(itsm.Invalid, "record.if_match", `Send the ETag that you read the record with, as If-Match: "7", so that nobody's edit is lost.`)
	case len(values) == 1 && values[0] == "*":
		return 0, itsm.Refuse(itsm.Invalid, "record.if_match", `If-Match: * would write over whatever is there by now. Send the ETag that you read the record with, as If-Match: "7".`)
	}
	tag := revisionTag.FindStringSubmatch(values[0])
	if len(values) > 1 || tag == nil {
		return 0, itsm.Refuse(itsm.Invalid, "request.if_match", `If-Match takes the one ETag that the record was read with, a strong one: "7" and not W/"7".`)
	}
	return strconv.Atoi(tag[1])
}
