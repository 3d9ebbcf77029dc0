import { Store } from '../parts/store.ts'

/** On a phone the rail is a sheet. */
export const railOpen = new Store(false)
