/** Hears from the browser when the network comes and goes; elsewhere never. @returns how to stop it */
export function watchNetwork(back: () => void, gone: () => void): () => void {
  if (typeof addEventListener !== 'function') return () => {}
  addEventListener('online', back)
  addEventListener('offline', gone)
  return () => {
    removeEventListener('online', back)
    removeEventListener('offline', gone)
  }
}
