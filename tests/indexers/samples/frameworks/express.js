const express = require('express')
const users = require('./users')
const { login } = require('./auth')

const app = express()

app.get('/', home)
app.post('/users/:id', login, users.create)
app.delete('/users/:id', [login], wrap(users.remove))
app.use('/admin', login)
app.use(login)
app.route('/cart').get(users.cart)
app.get('/inline', (request, response) => response.end())
app.set('view engine', engine)

function home(request, response) {}
