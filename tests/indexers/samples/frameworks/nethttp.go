package shop

import "net/http"

func index(w http.ResponseWriter, r *http.Request) {}

func main() {
	http.HandleFunc("/", index)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}", users.Show)
}
