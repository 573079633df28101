from fastapi import APIRouter, Depends, FastAPI

from shop.database import session

app = FastAPI()
router = APIRouter(prefix="/users")


@app.get("/")
async def home():
    return {}


@router.get("/{id}", response_model=None)
def user(id: int, db=Depends(session)):
    return db.get(id)


@router.api_route("/", methods=["PUT", "PATCH"])
def change():
    pass


@app.websocket("/live")
async def live(socket):
    pass


@app.on_event("startup")
async def start():
    pass


app.add_api_route("/cart", user)
