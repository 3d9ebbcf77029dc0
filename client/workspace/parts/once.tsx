import { type ReactNode, useEffect, useId } from 'react'
import { Store, useStore } from './store.ts'

const places = new Store<readonly string[]>([])

/** What a page has once, however many places there are for it: in the first of them. */
export function Once({ children }: { children: ReactNode }) {
  const id = useId()
  useEffect(() => {
    places.set([...places.read(), id])
    return () => places.set(places.read().filter((each) => each !== id))
  }, [id])
  return useStore(places)[0] === id ? children : null
}
