import { connect } from '/client.js'

// A development link signs in its own tab: the token leaves the address and stays in sessionStorage.
if (location.hash) sessionStorage.setItem('token', location.hash.replace('#token=', ''))
history.replaceState(null, '', location.pathname + location.search)
const id = new URLSearchParams(location.search).get('session') ?? ''
const session = connect({ url: '/', session: id, auth: () => sessionStorage.getItem('token') ?? '' })
const $ = (id) => document.getElementById(id)
const el = (tag, props, children) => {
  const element = Object.assign(document.createElement(tag), props)
  element.append(...children)
  return element
}
const tell = (error) => alert(error.message)
const button = (label, act) => el('button', { onclick: () => act().catch(tell) }, [label])
const stop = (turnId) => button('Stop', () => session.cancel(turnId))
const withdraw = (promptId) => button('Withdraw', () => session.withdraw(promptId))
const decide = (call) => [
  button('Allow', () => session.allowCall(call)), // Whoever may does; for others the server refuses.
  button('Deny', () => session.denyCall(call)),
]
const call = (turnId, { toolName, toolCallId: callId, toolMetadata: meta, state, input }) => {
  const acts = state === 'approval-requested' ? decide({ turnId, callId, argsHash: meta.argsHash }) : []
  return el('p', {}, [`${toolName} ${JSON.stringify(input)}: ${meta.outcome ?? state} `, ...acts])
}
const article = ({ role, audience, metadata: { author, status, reason, turnId }, parts }) => {
  const end = role === 'user' || status === 'done' ? '' : ` · ${reason ?? status}`
  const to = audience === 'everyone' ? '' : ` (read by ${audience.join(', ')})`
  const name = el('h2', {}, [`${role === 'user' ? '' : 'Assistant to '}${author.name}${to}${end}`])
  const shown = parts.map((part) => (part.type === 'text' ? el('p', {}, [part.text]) : call(turnId, part)))
  return el('article', { className: role, ariaBusy: status === 'streaming' }, [name, ...shown])
}
const drawn = new WeakMap() // What did not change keeps its identity: a message is drawn once.
const node = (message) => drawn.get(message) ?? drawn.set(message, article(message)).get(message)
const net = ({ state, reason = state, unsent }) => (unsent ? `${reason}, ${unsent} to be sent` : reason)
session.subscribe(({ messages, turn, queue, people, me, title, connection }) => {
  const follow = innerHeight + scrollY > document.body.scrollHeight - 80
  const waits = ({ author, text, promptId: mine }) =>
    el('li', {}, [`${author.name}: ${text} `, ...(author.id === me?.id ? [withdraw(mine)] : [])])
  $('title').textContent = title
  $('people').replaceChildren(...people.map(({ name }) => el('li', {}, [name])))
  $('messages').replaceChildren(...messages.map(node))
  $('turn').replaceChildren(...(turn ? [`Answering ${turn.author.name} `, stop(turn.turnId)] : []))
  $('queue').replaceChildren(...queue.map(waits))
  $('connection').textContent = net(connection)
  if (follow) scrollTo(0, document.body.scrollHeight)
})
$('ask').onsubmit = (event) => {
  event.preventDefault()
  session.prompt(event.target.text.value).catch(tell)
  event.target.reset()
}
