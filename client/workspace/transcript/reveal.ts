import { Store } from '../parts/store.ts'

/** Id of the message that somebody wants to see; null once it is shown. */
export const wantedMessage = new Store<string | null>(null)
