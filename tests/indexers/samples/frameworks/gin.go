package shop

import "github.com/gin-gonic/gin"

type Handler struct{}

func (h *Handler) List(c *gin.Context) {}

func ping(c *gin.Context) {}

func Routes(h *Handler) {
	r := gin.Default()
	r.GET("/ping", ping)
	users := r.Group("/users")
	users.GET("/", auth(), h.List)
	users.POST("/", func(c *gin.Context) {})
}
