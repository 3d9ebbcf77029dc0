import { Store } from '../parts/store.ts'

/** How many things have come for this person while nobody saw the tab. */
export const missed = new Store(0)
