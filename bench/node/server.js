// The same query and answer as naive.c, as it is commonly written for Node.
'use strict'

const database = require('better-sqlite3')(process.argv[2], { readonly: true })
const rows = database.prepare('SELECT * FROM observation ORDER BY period')
const app = require('fastify')()

app.get('/', async () => ({ observations: rows.all() }))
app.listen({ host: '127.0.0.1', port: 0 }).then(address => console.log(`listening on ${address}`))
