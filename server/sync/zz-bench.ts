import { createServer } from 'node:http'
import * as Y from 'yjs'
import { createTickets } from '../access/tickets.ts'
import { systemClock as clock } from '../clock.ts'
import { createGateway } from './gateway.ts'
const doc = new Y.Doc(); const name = 's1/main@1'
let text = doc.getText('t')
const big = Number(process.env.BIG ?? 0)
for (let i = 0; i < big / 8192; i++) doc.getMap('parts').set(`p${i}`, new Y.Text('lorem ipsum '.repeat(683)))
const session = { sessionId: 's1', role: () => 'viewer' as const, lane: (d: string) => d === name ? { doc, settled: () => Promise.resolve() } : null, board: () => null }
const server = createServer()
const tickets = createTickets({ clock })
const p = (id: string) => ({ userId: id, name: id, groups: [], admin: false, expiresAt: Number.MAX_SAFE_INTEGER })
const gw = createGateway({ server, tickets, openSession: async () => session, allowedOrigins: [], clock, limits: { connectionsPerSession: 2000, boardBytes: 1e6 }, log: { info() {}, warn: console.log, error: console.log } })
let update: Uint8Array | undefined
doc.on('update', (u) => { update = u })
function token(s: string) { if (text.length > 32000) { text = doc.getText(`t${Math.random()}`) } text.insert(text.length, s); if (update) gw.rooms.publish(name, update, Y.encodeStateVector(doc)) }
server.on('request', (req, res) => {
  const u = new URL(req.url ?? '', 'http://x')
  if (u.pathname === '/ticket') return res.end(tickets.issue(p(u.searchParams.get('u') ?? ''), 's1', undefined).ticket)
  if (u.pathname === '/run') {
    const n = Number(u.searchParams.get('n')); const per = Number(u.searchParams.get('per')); const c0 = process.cpuUsage(); const t0 = performance.now()
    let i = 0
    const go = () => { for (let k = 0; k < per && i < n; k++, i++) token('tok '); if (i < n) setImmediate(go); else setTimeout(() => { const c = process.cpuUsage(c0); res.end(JSON.stringify({ cpuMs: (c.user + c.system) / 1000, ms: performance.now() - t0, rss: process.memoryUsage().rss / 1e6 })) }, 1500) }
    return go()
  }
  if (u.pathname === '/cpu') { const c = process.cpuUsage(); return res.end(String((c.user + c.system) / 1000)) }
  res.end()
})
server.listen(4999, '127.0.0.1')
