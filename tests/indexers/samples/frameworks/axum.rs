use axum::{routing::{get, post}, Router};

mod users;

async fn root() -> &'static str { "hello" }

fn app() -> Router {
    Router::new()
        .route("/", get(root))
        .route("/users", get(users::list).post(users::create))
}
