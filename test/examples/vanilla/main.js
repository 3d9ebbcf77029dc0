import { connect } from '/client.js'

// A development link signs in its own tab: the token leaves the address and stays in sessionStorage.
const token = new URLSearchParams(location.hash.slice(1)).get('token')
if (token) sessionStorage.setItem('token', token)
history.replaceState(null, '', location.pathname + location.search)
const id = new URLSearchParams(location.search).get('session') ?? ''
const session = connect({ url: '/', session: id, auth: () => sessionStorage.getItem('token') ?? '' })

const $ = (id) => document.getElementById(id)
const el = (tag, props, ...children) => {
  const element = Object.assign(document.createElement(tag), props)
  element.append(...children)
  return element
}
const button = (label, act) => el('button', { onclick: () => act().catch((e) => alert(e.message)) }, label)
const stop = (id) => button('Stop', () => session.cancel(id))
const withdraw = (id) => button('Withdraw', () => session.withdraw(id))
const row = ({ promptId, author, text }, mine) =>
  el('li', {}, `${author.name}: ${text} `, mine ? withdraw(promptId) : '')
const call = (
  turnId,
  { toolName, toolCallId: callId, toolMetadata: { argsHash, outcome }, state, input },
) => {
  const line = el('p', {}, `${toolName} ${JSON.stringify(input)}: ${outcome ?? state} `)
  if (state !== 'approval-requested') return line // Else whoever may say so does; for others the server refuses.
  const allow = button('Allow', () => session.allowCall({ turnId, callId, argsHash }))
  line.append(
    allow,
    ' ',
    button('Deny', () => session.denyCall({ turnId, callId, argsHash })),
  )
  return line
}
const article = ({ role, audience, metadata: { author, status, reason, turnId }, parts }) => {
  const end = role === 'user' || status === 'done' ? '' : ` · ${reason ?? status}`
  const to = audience === 'everyone' ? '' : ` (read by ${audience.join(', ')})`
  const name = (role === 'user' ? '' : 'Assistant to ') + author.name + to + end
  const shown = parts.map((part) => (part.type === 'text' ? el('p', {}, part.text) : call(turnId, part)))
  const content = [el('h2', {}, name), ...shown]
  return el('article', { className: role, ariaBusy: status === 'streaming' }, ...content)
}
const drawn = new WeakMap() // What did not change keeps its identity: a message is drawn once.
const node = (message) => drawn.get(message) ?? drawn.set(message, article(message)).get(message)
let last = {}
session.subscribe((now) => {
  const follow = innerHeight + scrollY > document.body.scrollHeight - 80
  const draw = (part, make) => now[part] === last[part] || $(part).replaceChildren(...make(now[part]))
  draw('title', (title) => [title])
  draw('people', (people) => people.map(({ name }) => el('li', {}, name)))
  draw('messages', (messages) => messages.map(node))
  draw('turn', (turn) => (turn ? [`Answering ${turn.author.name} `, stop(turn.turnId)] : []))
  draw('queue', (queue) => queue.map((entry) => row(entry, entry.author.id === now.me?.id)))
  draw('connection', ({ state, reason, unsent }) => [reason ?? state, unsent ? `, ${unsent} to be sent` : ''])
  if (follow) scrollTo(0, document.body.scrollHeight)
  last = now
})
$('composer').onkeydown = (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  if (event.target.value.trim()) session.prompt(event.target.value).catch((error) => alert(error.message))
  event.target.value = ''
}
