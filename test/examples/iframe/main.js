// The address tells what an app would know: /?url=<server>&session=<id>#token=<the person's token>
const query = new URLSearchParams(location.search)
const token = new URLSearchParams(location.hash.slice(1)).get('token')
history.replaceState(null, '', location.pathname + location.search)

const [element, state] = [document.querySelector('colloquy-session'), document.getElementById('state')]
element.setAttribute('url', query.get('url'))
element.setAttribute('session', query.get('session'))
element.auth = () => token // Asked again when the server no longer takes the last one.
element.addEventListener('colloquy-ready', () => state.replaceChildren('Ready'))
element.addEventListener('colloquy-ended', ({ detail }) => state.replaceChildren(`Ended: ${detail.reason}`))

await import(`${query.get('url')}/element.js`) // Or, with a bundler, '@colloquy/client/element'.
