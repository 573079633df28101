import { EventEmitter } from 'node:events'

class Cart extends EventEmitter {
  constructor() {
    super()
    this.on('added', this.added)
    this.once('paid', this.paid.bind(this))
  }
  added() {}
  paid() {}
}

function leave(): void {}
process.on('exit', leave)
window.addEventListener('blur', leave)
process.on('message', (message) => leave())
