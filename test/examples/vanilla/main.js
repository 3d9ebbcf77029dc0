import { connect } from '/client.js'

// A development link signs in its own tab: the token leaves the address and stays in sessionStorage.
const token = new URLSearchParams(location.hash.slice(1)).get('token')
if (token) sessionStorage.setItem('token', token)
history.replaceState(null, '', location.pathname + location.search)
const id = new URLSearchParams(location.search).get('session') ?? ''
const session = connect({ url: '/', session: id, auth: () => sessionStorage.getItem('token') ?? '' })

const $ = (name) => document.getElementById(name)
const el = (tag, ...children) => {
  const element = document.createElement(tag)
  element.append(...children)
  return element
}
const say = ({ message }) => $('connection').replaceChildren(message)
const button = (label, act) => Object.assign(el('button', label), { onclick: () => act().catch(say) })
const article = ({ role, metadata: { author, status, reason }, parts }) => {
  const note = status === 'done' ? '' : ` · ${reason ?? status}`
  const name = role === 'user' ? author.name : `Assistant to ${author.name}${note}`
  const made = el('article', el('h2', name), el('p', ...parts.map((part) => part.text)))
  return Object.assign(made, { className: role, ariaBusy: status === 'streaming' })
}
const drawn = new WeakMap() // What did not change keeps its identity: each message is drawn once.
let last = {}
session.subscribe(({ messages, queue, turn, people, me, title, connection }) => {
  const follow = innerHeight + scrollY > document.body.scrollHeight - 80
  for (const [i, message] of messages.entries()) {
    if (!drawn.has(message)) drawn.set(message, article(message))
    const there = $('transcript').children[i]
    if (!there) $('transcript').append(drawn.get(message))
    else if (there !== drawn.get(message)) there.replaceWith(drawn.get(message))
  }
  while ($('transcript').children.length > messages.length) $('transcript').lastChild.remove()
  const withdraw = ({ author, promptId }) =>
    author.id === me?.id && button('Withdraw', () => session.withdraw(promptId))
  const row = (entry) => el('li', `${entry.author.name}: ${entry.text} `, withdraw(entry) || '')
  if (queue !== last.queue) $('queue').replaceChildren(...queue.map(row))
  const stop = () => button('Stop', () => session.cancel(turn.turnId))
  if (turn !== last.turn)
    $('turn').replaceChildren(...(turn ? [`Answering ${turn.author.name} `, stop()] : []))
  $('title').textContent = document.title = title || 'Colloquy'
  $('people').textContent = people.length > 0 ? `Here: ${people.map(({ name }) => name).join(', ')}` : ''
  const unsent = connection.unsent > 0 ? `, ${connection.unsent} to be sent` : ''
  if (connection !== last.connection) say({ message: (connection.reason ?? connection.state) + unsent })
  if (follow) scrollTo(0, document.body.scrollHeight)
  last = { queue, turn, connection }
})
$('composer').onkeydown = (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  if (event.target.value.trim()) session.prompt(event.target.value).catch(say)
  event.target.value = ''
}
