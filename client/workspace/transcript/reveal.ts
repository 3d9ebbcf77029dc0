import { Store } from '../parts/store.ts'

/** Id of the message that somebody wants to see; null once it is shown. */
export const wantedMessage = new Store<string | null>(null)

/** Id of the one that was just shown: it stands out for a moment. */
export const markedMessage = new Store<string | null>(null)
