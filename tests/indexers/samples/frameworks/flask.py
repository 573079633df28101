from flask import Blueprint, Flask

from shop import views

app = Flask(__name__)
users = Blueprint("users", __name__, url_prefix="/users")


@app.route("/")
def home():
    return "hello"


@users.route("/<int:id>", methods=["GET", "POST"])
def user(id):
    return str(id)


@users.delete("/<int:id>")
def remove(id):
    return ""


@app.errorhandler(404)
def missing(error):
    return "not found"


@app.before_request
def login():
    pass


app.add_url_rule("/cart", view_func=views.cart)
app.add_url_rule("/basket", view_func=views.Basket.as_view("basket"))
