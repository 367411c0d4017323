package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/steward-itsm/steward/desk"
)

// readyWithin bounds how long the parts may take to say that they are there.
const readyWithin = 3 * time.Second

// livez answers as long as the process can: what others do wrong must not get
// it restarted.
func (d *door) livez(c *gin.Context) {
	c.JSON(http.StatusOK, Health{Ready: true, Checks: []desk.Check{}})
}

func (d *door) readyz(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyWithin)
	defer cancel()
	checks, ready := d.desk.Ready(ctx)
	code := http.StatusOK
	if !ready {
		code = http.StatusServiceUnavailable
	}
	c.JSON(code, Health{Ready: ready, Checks: append([]desk.Check{}, checks...)})
}

func (d *door) metrics() gin.HandlerFunc {
	return gin.WrapH(promhttp.HandlerFor(d.Metrics, promhttp.HandlerOpts{}))
}

func (d *door) document(c *gin.Context) {
	c.Data(http.StatusOK, "application/yaml", document)
}
